/** Python's grammar, in a separate bundle that is loaded at the first Python file. */
export { parser } from '@lezer/python';
