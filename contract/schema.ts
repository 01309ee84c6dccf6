/** Version of the shapes in this folder. It travels in the state of an execution and in every message. */
export const SCHEMA = 1;
