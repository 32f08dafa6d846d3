export { SchemaForm } from "./SchemaForm";
export { errorsBelow, placedErrors, type Schema, sentence } from "./schema";
