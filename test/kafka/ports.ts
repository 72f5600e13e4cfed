/** Ports of this machine. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

// Below the ranges from which systems give ports to outgoing connections: nothing else takes a broker's port while it is down.
const portMin = 15_000
const portCount = 15_000

/** Ports on which nothing listens, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = portMin + Math.floor(Math.random() * portCount)
    if (await isFree(port)) ports.add(port)
  }
  return [...ports]
}

export async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
