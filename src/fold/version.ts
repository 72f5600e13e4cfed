/**
 * The version of the fold's rules: what is kept, counted, scored and judged, to the byte. It goes up when any of that changes; a
 * golden digest in the tests notices when it should have. A checkpoint of another version is not used: the log is folded again.
 */
export const foldVersion = 5
