// Bounds on what the product reads from outside, so that a hostile or broken file costs a message and not the machine.

/** A text line longer than this is refused; no data row of people comes near it. */
export const lineBytesMax = 16 * 1024 * 1024;

export const mappingBytesMax = 1024 * 1024;

/** Columns of one file; a wider header is a broken separator or a broken file. */
export const columnsMax = 10_000;

/** Experiments listed one by one in a page for people; the JSON always holds all of them. */
export const listedExperimentsMax = 100;

/** Arms of one experiment whose probabilities of being best are worked out together. */
export const armsPerExperimentMax = 1_000;

/** Arms of one source: the document with all of them is held in memory, about 4 kB an arm. */
export const armsMax = 400_000;
