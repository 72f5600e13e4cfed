/** Ends a process of a Node that is too old, and is loaded before all else. Plain JavaScript: such a Node may not know types. */
const nodeMajorMin = 24
if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
  process.stderr.write(
    `error FW_NODE_VERSION: forewarn needs Node ${nodeMajorMin} or later, and this is Node ${process.versions.node}.\n` +
      '  Call it through npm (npm ci, then npm run -s forewarn -- COMMAND): npm brings the right Node with it.\n',
  )
  process.exit(2)
}
