import { Alert, Button, Collapse } from "@mantine/core";
import { useId, useState } from "react";
import type { FieldError } from "@/api/client";
import { Field, type FieldOptions } from "./Field";
import classes from "./SchemaForm.module.css";
import { defaultOf, messageAt, resolve, type Schema, sameValue } from "./schema";

export interface SchemaFormProps {
  /** Of an object; its references are looked up in `root`. */
  schema: Schema;
  root?: Schema;
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>) => void;
  /** With paths that start at this form. */
  errors?: readonly FieldError[];
  /** Fields drawn elsewhere, or not at all. */
  omit?: readonly string[];
  /** Names of the fields to draw first; the others follow as the schema has them. */
  order?: readonly string[];
  /** How many fields to show before “More settings”; all unless told. */
  first?: number;
  /** What may be chosen in a list of strings or a string, by field name. */
  options?: FieldOptions;
  disabled?: boolean;
}

/** A form drawn from a JSON Schema: a control for each property, its help text, limits, default and errors. */
export function SchemaForm({
  schema: given,
  root = given,
  value,
  onChange,
  errors = [],
  omit = [],
  order = [],
  first,
  options = {},
  disabled = false,
}: SchemaFormProps) {
  const { schema } = resolve(given, root);
  const moreId = useId();
  const properties = schema.properties ?? {};
  const names = [
    ...new Set([...order.filter((name) => name in properties), ...Object.keys(properties)]),
  ].filter((name) => {
    const part = resolve(properties[name] as Schema, root).schema;
    return !omit.includes(name) && !("const" in part);
  });
  const shown = first !== undefined && names.length > first + 1 ? names.slice(0, first) : names;
  const more = names.slice(shown.length);
  const isTouched = (name: string) =>
    value[name] !== undefined && !sameValue(value[name], defaultOf(properties[name] as Schema, root));
  const faulty = more.some((name) =>
    errors.some((error) => error.field === name || error.field.startsWith(`${name}.`)),
  );
  const [asked, setAsked] = useState(false);
  const open = asked || faulty;
  const changed = more.filter(isTouched).length;
  const whole = messageAt(errors, "");
  const homeless = errors.filter(
    (error) => error.field && !names.includes(error.field.split(".")[0] as string),
  );

  const field = (name: string) => (
    <Field
      key={name}
      name={name}
      schema={properties[name] as Schema}
      root={root}
      required={schema.required?.includes(name) ?? false}
      value={value[name]}
      onChange={(next) => onChange({ ...value, [name]: next })}
      errors={errors}
      path={name}
      options={options}
      disabled={disabled}
    />
  );

  if (names.length === 0) return <p className={classes.nothing}>Nothing to set here.</p>;
  return (
    <div className={classes.form}>
      {whole || homeless.length > 0 ? (
        <Alert color="red" variant="light" role="alert">
          {whole} {homeless.map((error) => `${error.field}: ${error.message}`).join(" ")}
        </Alert>
      ) : null}
      <div className={classes.grid}>{shown.map(field)}</div>
      {more.length > 0 ? (
        <>
          <Button
            variant="subtle"
            size="compact-sm"
            className={classes.more}
            aria-expanded={open}
            aria-controls={moreId}
            onClick={() => setAsked(!open)}
          >
            {open
              ? "Fewer settings"
              : `More settings (${more.length}${changed ? `, ${changed} changed` : ""})`}
          </Button>
          <Collapse expanded={open} id={moreId}>
            <div className={classes.grid}>{more.map(field)}</div>
          </Collapse>
        </>
      ) : null}
    </div>
  );
}
