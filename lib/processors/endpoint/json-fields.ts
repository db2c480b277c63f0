// The fields of a JSON value of which nothing is known: those of lib/core, under the name that the files of endpoints know.
export { type Fields, fieldsOf } from "../../core/json-fields.ts";
