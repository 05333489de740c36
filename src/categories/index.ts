/** What a prompt was about, from its text and its tool uses, each reduced to a mask of features at once: the text is
 *  never kept. Masks of one prompt are joined with OR, in any order and any number of times. See docs/categories.md. */
export { categoryIndexOf, categoryOf } from "./decide.ts";
export { CATEGORIES, type Category, CLASSIFIER_VERSION } from "./names.ts";
export { textFlags } from "./text.ts";
export { toolFlags } from "./tools.ts";
