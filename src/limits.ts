/**
 * The bounds that two files must agree on, or that somebody outside can meet: with their arithmetic. What is refused because of one is
 * counted. A bound that only one file knows, such as the size of a page or how often it looks, stands at the head of that file. What
 * models/ and streams/ bound stands there, since they import nothing from here: `models/risk/bounds.ts` for what a model file may hold,
 * `streams/contracts.ts` for what a record may.
 */
import { strict as assert } from 'node:assert'

export const KiB = 1024
export const MiB = 1024 * KiB
export const secondMs = 1000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
export const hoursPerDay = 24

// Records
export const recordBytesMax = 16 * MiB // what a log takes at all
export const lineBytesMax = 512 * KiB // a larger line of a file or of a body is refused by itself
export const recordParseBytesMax = 256 * KiB // what decode reads; a larger one goes to the dead letters unread
export const letterBytesMax = 512 * KiB // a dead letter with all of its record; of a larger one the beginning, the length and the hash
export const letterBeginningBytes = 16 * KiB
export const letterKeyMax = 1_024 // characters
export const bodyBytesMax = 64 * MiB // one HTTP request
export const registryBodyBytesMax = MiB // one HTTP request of commands or of chunks
assert(recordParseBytesMax < lineBytesMax && lineBytesMax <= recordBytesMax)
export const beatRecordsMax = 2_000_000 // records that an import may give one knownAt (docs/fold.md rule 2)

// Time
export const futureMsMax = 5 * minuteMs // an event may be this much ahead of its knownAt: clocks differ
export const horizonHours = 43_830 // 5 years of 365.25 days; older facts say nothing
export const slackMsDefault = 500
export const beatMsDefault = secondMs
export const aheadMsMaxDefault = 5 * minuteMs // log time of live records may lead the clock so far (docs/fold.md rule 1)
export const nextRecordMsMax = 3 * secondMs // so long doctor waits for a record that tells the brokers' clock
export const aheadToldMs = 10 * secondMs // log time that leads the clock by more is told: records wait for beats to come
export const slewRate = 10 // where what is folded leads a clock that was set back, beats go on at a tenth of its speed
export const partEveryMs = 10 * secondMs // a silent task says at least this often how far it is
export const turnMsMax = 50 // so long a task works before the server and the other tasks of its process have their turn; a slice of work is far shorter
export const importSilenceMs = 60 * secondMs // an import without a mark for so long is an alarm

// Enterprises
export const factsPerRowMax = 65_536
export const searchedFactsMax = 64 // so many facts are searched for an id; of larger rows the ids are kept beside
export const mergedEventsMin = 64 // so many records of a row in one beat are put in order together, instead of each in its place
export const filteredIdsMax = 2_000_000 // ids kept beside large rows, 14 to 27 bytes each, 54 MB; then they are gathered anew
export const keptSumsMax = 65_536 // sums over blocks of facts kept beside large rows, some 400 bytes each, 26 MB; then they are made anew
export const neighbourhoodLagTicks = 2 // in tick T speak the archived ticks up to T-2 (docs/fold.md rule 16)
export const gradesPerRowMax = 16
export const placesPerRowMax = 4
export const rescoreSlices = 30 // a thirtieth of the calm rows is scored again at each tick

// Trees and cells: a fact keeps its own place in 13 + 13 bits.
export const treeNodesMax = 8_190
export const treeCodesMax = 4 * treeNodesMax // rows of a code table: nodes, and codes that count at another
export const typesMax = 255
export const sourcesMax = 31
assert(treeNodesMax + 1 < 2 ** 13 && sourcesMax < 2 ** 5 && typesMax < 2 ** 8)

// A backtest holds all counts of its panel in memory: 20 bytes a cell and tick, beside some 200 a cell of each detector
export const panelCountMax = 1e9
export const panelTicksMin = 20
export const panelTicksMax = 100_000
export const panelCellsMax = 50_000
export const panelCountsMax = 20_000_000 // cells x ticks

// Epochs and checkpoints
export const epochRecordsMax = 20_000
export const epochBeatsMax = 5_000
export const rowsKept = 32_768 // what a beat of more rows needed for each of them is given back
export const epochOutputBytesMax = 16 * MiB
export const fetchBytes = MiB
export const pageBytesMax = 900 * KiB // under the 1 MiB that a Kafka broker takes by default
assert(pageBytesMax < MiB)
export const foldedAgainMax = 10_000_000 // records of a task that a start folds again after an update; of more `forewarn upgrade` is asked for
export const foldedAgainPerSecond = 40_000 // records, to say in advance how long that takes (bench/README.md)
export const foldedAgainTickSeconds = 0.1 // and each tick that a task closes
export const prunedAtOnce = 10_000 // records that one transaction of an embedded log takes away
export const checkpointEveryMsDefault = 30 * secondMs

// Kafka
export const kafkaBatchBytesMax = 960 * KiB // one batch, the part of a call that goes to one partition; a broker takes up to 1 MiB
export const kafkaCallBytesMax = 4 * MiB // one call to a broker; so large is the buffer that each task writes its calls into
export const inflatedBytesMax = 32 * MiB // what one compressed batch may inflate to; a fetch inflates one at a time
export const fetchedRecordsMax = 20_000 // records that one read makes of what was fetched
export const kafkaPatienceMs = 5 * secondMs // a read asks a cluster in trouble so long; then the task begins anew
export const taskRetryMs = secondMs // a task that was fenced or lost its log begins anew after so long
export const untilEndPatienceMs = 45 * secondMs // `run --until-end` gives up when the log was away so long: a broker that starts again takes up to 30
export const partingMsMax = 5 * secondMs // whoever ends waits so long for a log that does not answer
export const questionPatienceMs = 5 * secondMs // so long a question waits for its task's epoch to be in the log
export const pagePieceLength = 128 * KiB // characters of the page of metrics, some milliseconds, and then others have their turn
export const pagesMetricsMs = secondMs // so long a scrape waits for what the pages say of themselves
export const workerKillAfterMs = 15 * secondMs // a worker that was asked to end has so long
export const workerRestartMs = secondMs // before a worker that failed is started again; twice as long after each failure
export const workerRestartMsMax = minuteMs
export const workerHealthyMs = 2 * minuteMs // after so long a worker's next failure counts as its first
export const sessionMsDefault = 10 * secondMs // a member that is silent for so long is out of the group
assert(pageBytesMax < kafkaBatchBytesMax && kafkaBatchBytesMax < MiB && MiB < kafkaCallBytesMax)
assert(recordParseBytesMax < letterBytesMax && 3 * letterBytesMax < 2 * kafkaBatchBytesMax) // characters of keys and headers take up to three bytes

// Artefacts: every task holds all of them, and its checkpoints do too.
export const artifactChunkBytes = 360 * KiB // 480 KiB in base64
export const artifactRecordBytesMax = 512 * KiB
export const artifactFilesMax = 16
export const artifactBytesMax = 8 * MiB // one folder of a model or of a profile
export const artifactsMax = 256
export const artifactsBytesMax = 64 * MiB // all of them together
export const misfitTextMax = 512 // characters of why one cannot be used
export const refusedPathsMax = 5 // parts of a profile that an answer names, of those that the log keeps
export const promotionLeadMs = minuteMs // command and artefact are in the log so long before the tick begins
export const commandAheadMsMax = promotionLeadMs / 2 // one that leads the clock holds up those behind it so long at most: they are met before their tick
export const changesAheadMax = 64 // promotions, challenges and rollbacks for ticks to come, each with a reason of up to 1 KiB
export const unmetKept = 64 // promotions refused for want of their artefact; one that comes too late for one is told
assert((artifactChunkBytes * 4) / 3 + KiB < artifactRecordBytesMax && artifactRecordBytesMax < kafkaBatchBytesMax)

// Watch
export const archiveFullEveryTicks = 24
export const reasonsMax = 5
export const evidenceMax = 10
export const reasonFactsMax = 3
export const reasonFactsSearched = 1_024 // so many of the newest facts are searched for those behind a reason

// Sources: streams of (source, region) for the whole, the outermost level and every judged level.
export const falseSilencesPerWeek = 0.05 // told in a country of sources that are never silent: shared by levels, streams and ticks
export const sourceWarmTicks = 14 // a stream is judged from so many ticks on, and from two weeks where ticks are shorter than a day; and what begins later than the log teaches so many

// Beginnings (docs/fold.md rule 24)
export const leadingGapDays = 31 // a longer gap after a few stray records is no silence: monthly feeds have shorter ones
export const leadingGapTicksMin = 28
export const strayTicksMax = 4 // so few ticks with records may be stray ones
export const missedMin = 12 // of a source in a region so many records should have come before its first, or it is only rare there: e^-12 x 11,000 streams = .07
export const backlogTicksMin = 3 // events of a source that came back are no measure of so many ticks
export const anewShare = 0.1 // a cell to which new sources bring more than this begins anew
assert(strayTicksMax < sourceWarmTicks && backlogTicksMin < sourceWarmTicks)

// The level of risk of a cell (docs/science.md)
export const riskEnterprisesMin = 50 // scored ones below a node that is judged
export const riskEnterprisesKept = 40 // and with so many it goes on being judged
export const riskSiblingsMin = 8 // beside it; with fewer the parent speaks
export const riskWarmTicks = 28 // a variance that remembers 20 ticks is learnt for so long before anything is summed
export const contradictionTicks = 7 // so long scores contradict a grade before it is told
export const contradictionsToldMax = 1_000 // of a region leaf; the rest is counted
export const movedNodesMax = 20 // nodes of which the watch asks in a tick what moved
export const movedFeaturesMax = 5 // of each, those that moved most
export const movedDays = 28 // beside what was known so long ago
assert(riskEnterprisesKept <= riskEnterprisesMin)
assert(movedNodesMax <= 31) // a bit of a word for each

// Metrics: provinces x sections and prefectures always, finer cells only while they warn.
export const metricSeriesMax = 10_000 // of one process, all together
export const placeSeriesMax = 7_500 // with a place in their labels: 792 outermost cells seven times, 454 finer regions twice, and 1,000 warnings
export const silenceSeriesMax = 1_100 // 31 sources x (34 provinces and the whole)
assert(placeSeriesMax + silenceSeriesMax <= metricSeriesMax - 1_400) // the rest: codes, tasks, features of a model, the process itself
// Published cells: fewer than this and one enterprise could be told from the rest (merged into a sibling OTHER).
export const cellRegisteredMin = 5
export const cellEnterprisesMin = 3

// HTTP
export const httpConnectionsMax = 1_000
export const httpHeadersMs = 15 * secondMs // a connection that says nothing, or half a head, is closed
export const httpRequestMs = minuteMs // a request is here as a whole, except for the bodies bounded below
export const httpStillMs = 2 * minuteMs // a connection on which nothing moves is closed
export const httpLookMs = 5 * secondMs // so often Node looks for connections that are over the bounds above
export const bodyPauseMs = 15 * secondMs // so long a body may bring nothing
export const bodyWaitMs = 2 * minuteMs // so long a body is waited for in all: 64 MiB at 4.5 Mbit/s
export const bodyGivesWayMs = 2 * secondMs // when all places are taken, a body that brought nothing for so long loses its own
export const httpLingerMs = 10 * secondMs // so long whoever is refused may go on sending before it reads why
export const httpPartingMs = 3 * secondMs // a server that is to end waits so long for requests under way
export const httpAnswerMs = secondMs / 2 // and so long for answers to those that it cuts off

// Ingest and import
export const refusedListedMax = 1_000 // refused lines told one by one; all are counted
export const refusedDetailMax = 200 // characters of what is told of each
export const unknownCodesMax = 100 // codes that the profile does not know, told one by one; all are counted
export const codesLookedAt = 20_000 // newest records of each input that `doctor` looks at for such codes, about a second of work
export const ingestRequestsMax = 8 // bodies that are read at once, and as many of a slice at most beside them
export const heapGrowthPercent = 50 // of what lives in the heap, so much garbage gathers in a process that takes bodies
export const sliceBytes = 512 * KiB // of a body are read together, and of these so many lines are judged and appended together:
export const sliceLines = 1_000 // a body that is smaller is taken as a whole or not at all
assert(2 * ingestRequestsMax * (sliceBytes + 2 * lineBytesMax) <= 24 * MiB) // a slice, the line begun behind it, and that line alone
export const askAgainMs = secondMs / 2 // a process that went away is looked for so often
export const waitMsDefault = minuteMs // and so long
export const toldFilesMax = 5 // files of an import that an error names
export const importMarkRecords = 10_000
export const importMarkMs = 5 * secondMs
export const importBufferBytes = 16 * MiB // records gathered before an append
export const sortChunkBytes = 64 * MiB // sorted in memory when a file is not in order of time
export const sortRunsMax = 512 // open temporary files: 512 x 64 MiB = 32 GiB in one file out of order

// Read model and pages
export const readModelSliceMs = 40 // so long one transaction of the read model takes at most; requests wait for it
export const readModelEveryMs = 200 // a log is looked at so often when nothing wakes the follower
export const readModelChangesKept = 20_000 // changes that a page that was away can be told one by one
export const readModelFreshMs = 30 * secondMs // a read model that did not reach the end of its log for so long is behind
export const scoreChangesKept = 200 // an enterprise
export const usualTicks = 28 // ticks that say what share is usual, and that a list shows of each row
export const pageRowsMax = 200 // rows of one page of a list
export const pageRowsDefault = 100
export const overviewRows = 25
export const searchCharactersMax = 200
export const seriesTicksMax = 1_000
export const enterprisesShownMax = 1_000 // behind one warning
export const factsShownMax = 2_000 // of one enterprise
export const exportRowsMax = 100_000
export const sseEveryMs = 5 * secondMs // a stream without news says that it is there
export const sseClientsMax = 500
export const sseQueueMax = 1_000 // KiB that a slow reader may be behind, then it is let go
export const answersKept = 64 // answers that are kept until the model changes: many pages ask the same when they are told that something did
export const answerKeptMax = 128 * KiB // characters of one of them: 8 MiB in all
export const facetsKept = 64 // counts by filter that are kept until the model changes
export const observedKept = 64 // columns of closed ticks in memory, of 4 bytes a judged cell: 14 MB of `cn`
export const breakdownPartsMax = 200 // codes of one dimension of a make-up
export const similarRows = 10 // earlier warnings that are shown beside one, of so many newest that are looked at:
export const similarSearched = 2_000
export const machinePatienceMs = 10 * secondMs // so long the process that folds is waited for
export const logRetryMs = secondMs // a read model whose log or disk failed tries again after so long
export const contributionFactsMax = 8_000 // facts of one record of contributions: up to 70 bytes each with their enterprise, 560 KB
export const verificationsKept = 1_000 // results of judging again that are kept in memory
