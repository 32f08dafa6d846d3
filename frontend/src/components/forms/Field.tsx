import {
  Fieldset,
  Input,
  MultiSelect,
  NumberInput,
  SegmentedControl,
  Select,
  Switch,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { type ReactNode, useId } from "react";
import type { FieldError } from "@/api/client";
import { ListField } from "./ListField";
import classes from "./SchemaForm.module.css";
import {
  branchesOf,
  branchValue,
  defaultOf,
  errorsBelow,
  inWords,
  kindOf,
  messageAt,
  plainText,
  resolve,
  type Schema,
  sameValue,
  splitUnit,
} from "./schema";

export type FieldOptions = Record<string, readonly string[]>;

export interface FieldProps {
  name: string;
  schema: Schema;
  root: Schema;
  required: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
  errors: readonly FieldError[];
  /** Where this field's errors are found in `errors`. */
  path: string;
  options: FieldOptions;
  disabled: boolean;
}

/** One property of a schema as the control that suits its type. */
export function Field(props: FieldProps) {
  const { name, root, errors, path, disabled, onChange, options } = props;
  const { schema, nullable } = resolve(props.schema, root);
  const preset = defaultOf(props.schema, root);
  const value = props.value === undefined ? preset : props.value;
  const { words, unit } = splitUnit(schema.title ?? inWords(name));
  const message = messageAt(errors, path);
  const changed = "default" in schema && !sameValue(value, preset);
  const label = (
    <Label
      words={words}
      reset={changed && !disabled ? () => onChange(preset) : undefined}
      shown={typeof preset === "object" && preset !== null ? "" : valueInWords(preset)}
    />
  );
  const common = {
    label,
    description: plainText(schema.description),
    error: message,
    disabled,
    withAsterisk: props.required,
    inputWrapperOrder: ["label", "input", "error", "description"] as (
      | "label"
      | "input"
      | "description"
      | "error"
    )[],
  };

  switch (kindOf(schema, root)) {
    case "constant":
      return null;
    case "boolean":
      return (
        <Switch
          label={label}
          description={common.description}
          error={message}
          disabled={disabled}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "integer":
    case "number":
      return (
        <NumberInput
          {...common}
          {...numberLimits(schema)}
          value={typeof value === "number" ? value : ""}
          placeholder={
            preset === undefined || preset === null ? (nullable ? "none" : undefined) : String(preset)
          }
          rightSection={unit ? <span className={classes.unit}>{unit}</span> : undefined}
          rightSectionWidth={unit ? unit.length * 7 + 18 : undefined}
          aria-label={unit ? `${words} in ${unit}` : undefined}
          onChange={(next) => onChange(typeof next === "number" ? next : nullable ? null : undefined)}
        />
      );
    case "enum":
      return (
        <EnumField
          {...common}
          label={label}
          ariaLabel={words}
          schema={schema}
          value={value}
          nullable={nullable}
          onChange={onChange}
        />
      );
    case "string":
      return options[name] ? (
        <Select
          {...common}
          data={[...options[name]]}
          value={typeof value === "string" ? value : null}
          clearable={nullable}
          onChange={onChange}
        />
      ) : (
        <TextInput
          {...common}
          value={typeof value === "string" ? value : ""}
          maxLength={schema.maxLength}
          onChange={(event) =>
            onChange(nullable && event.currentTarget.value === "" ? null : event.currentTarget.value)
          }
        />
      );
    case "strings": {
      const given = Array.isArray(value) ? value.map(String) : [];
      const below = message ?? errorsBelow(errors, path)[0]?.message;
      const choices = options[name] ?? resolve(schema.items ?? {}, root).schema.enum?.map(String);
      return choices ? (
        <MultiSelect
          {...common}
          error={below}
          data={[...choices]}
          value={given}
          clearable={false}
          onChange={onChange}
        />
      ) : (
        <TagsInput {...common} error={below} value={given} onChange={onChange} />
      );
    }
    case "tuple":
      return (
        <TupleField
          {...common}
          schema={schema}
          root={root}
          words={words}
          value={value}
          error={message ?? errorsBelow(errors, path)[0]?.message}
          onChange={onChange}
        />
      );
    case "list":
      return (
        <div className={classes.wide}>
          <ListField
            {...props}
            schema={schema}
            value={Array.isArray(value) ? value : []}
            label={label}
            renderFields={fieldsOf}
          />
        </div>
      );
    case "object":
      return (
        <Fieldset legend={words} className={classes.wide}>
          {fieldsOf({ ...props, schema, value })}
        </Fieldset>
      );
    case "choice":
      return <ChoiceField {...props} schema={schema} value={value} label={label} />;
    default:
      return null;
  }
}

/** The fields of an object, or of the branch that an item of a list is. */
export function fieldsOf(props: Omit<FieldProps, "required"> & { omit?: string }): ReactNode {
  const value = (props.value ?? {}) as Record<string, unknown>;
  const entries = Object.entries(props.schema.properties ?? {}).filter(([name]) => name !== props.omit);
  return (
    <div className={classes.grid}>
      {entries.map(([name, part]) => (
        <Field
          key={name}
          name={name}
          schema={part}
          root={props.root}
          required={props.schema.required?.includes(name) ?? false}
          value={value[name]}
          onChange={(next) => props.onChange({ ...value, [name]: next })}
          errors={props.errors}
          path={`${props.path}.${name}`}
          options={props.options}
          disabled={props.disabled}
        />
      ))}
    </div>
  );
}

function Label({ words, reset, shown }: { words: string; reset?: () => void; shown: string }) {
  return (
    <span className={classes.labelLine}>
      {words}
      {reset ? (
        <button
          type="button"
          className={classes.reset}
          aria-label={`Reset ${words} to its default${shown ? `, ${shown}` : ""}`}
          onClick={(event) => {
            // A label passes clicks on to its control.
            event.preventDefault();
            reset();
          }}
        >
          reset{shown ? ` to ${shown}` : ""}
        </button>
      ) : null}
    </span>
  );
}

function valueInWords(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  return String(value);
}

function numberLimits(schema: Schema) {
  const whole = schema.type === "integer";
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const span = low !== undefined && high !== undefined ? high - low : undefined;
  return {
    allowDecimal: !whole,
    allowNegative: low === undefined || low < 0,
    min: low,
    max: high,
    // What is out of bounds is said, not silently changed.
    clampBehavior: "none" as const,
    step: schema.multipleOf ?? (whole || span === undefined || span > 20 ? 1 : span > 1 ? 0.1 : 0.01),
  };
}

interface EnumFieldProps {
  label: ReactNode;
  ariaLabel: string;
  description?: string;
  error?: string;
  disabled: boolean;
  schema: Schema;
  value: unknown;
  nullable: boolean;
  onChange: (value: unknown) => void;
}

const SHORT_CHARACTERS = 26;

function EnumField({
  label,
  ariaLabel,
  description,
  error,
  disabled,
  schema,
  value,
  nullable,
  onChange,
}: EnumFieldProps) {
  const values = schema.enum ?? [];
  const data = values.map((option) => ({ value: String(option), label: inWords(String(option)) }));
  const choose = (text: string | null) => onChange(values.find((option) => String(option) === text) ?? null);
  const short = data.reduce((total, option) => total + option.label.length + 2, 0) <= SHORT_CHARACTERS;
  if (short && !nullable) {
    return (
      <Input.Wrapper
        label={label}
        labelElement="div"
        description={description}
        error={error}
        inputWrapperOrder={["label", "input", "error", "description"]}
      >
        <SegmentedControl
          fullWidth
          mb={4}
          aria-label={ariaLabel}
          data={data}
          value={String(value)}
          disabled={disabled}
          onChange={choose}
        />
      </Input.Wrapper>
    );
  }
  return (
    <Select
      label={label}
      description={description}
      error={error}
      disabled={disabled}
      inputWrapperOrder={["label", "input", "error", "description"]}
      data={data}
      value={value === null || value === undefined ? null : String(value)}
      allowDeselect={false}
      clearable={nullable}
      onChange={choose}
    />
  );
}

interface TupleFieldProps {
  label: ReactNode;
  words: string;
  description?: string;
  error?: string;
  disabled: boolean;
  schema: Schema;
  root: Schema;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** A fixed number of numbers side by side: rows × columns. */
function TupleField({
  label,
  words,
  description,
  error,
  disabled,
  schema,
  root,
  value,
  onChange,
}: TupleFieldProps) {
  const parts = schema.prefixItems ?? [];
  const given = Array.isArray(value) ? value : parts.map(() => undefined);
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      description={description}
      error={error}
      inputWrapperOrder={["label", "input", "error", "description"]}
    >
      <div className={classes.tuple}>
        {parts.map((part, index) => (
          <NumberInput
            key={index}
            {...numberLimits(resolve(part, root).schema)}
            aria-label={`${words}, ${index + 1} of ${parts.length}`}
            value={typeof given[index] === "number" ? given[index] : ""}
            error={Boolean(error)}
            disabled={disabled}
            onChange={(next) => onChange(given.map((old, place) => (place === index ? next : old)))}
          />
        ))}
      </div>
    </Input.Wrapper>
  );
}

/** One of several shapes, told apart by a discriminator: which, then its fields. */
function ChoiceField(props: FieldProps & { label: ReactNode }) {
  const { schema, root, value, onChange, disabled } = props;
  const pickerId = useId();
  const property = schema.discriminator?.propertyName ?? "type";
  const branches = branchesOf(schema, root);
  const given = (value ?? {}) as Record<string, unknown>;
  const branch = branches.find((option) => option.key === given[property]);
  return (
    <Fieldset legend={props.label} className={classes.wide}>
      <Select
        id={pickerId}
        label="Kind"
        data={branches.map((option) => ({
          value: option.key,
          label: option.schema.title ?? inWords(option.key),
        }))}
        value={branch?.key ?? null}
        disabled={disabled}
        allowDeselect={false}
        onChange={(key) => {
          const next = branches.find((option) => option.key === key);
          if (next) onChange(branchValue(schema, next, root));
        }}
      />
      {branch ? fieldsOf({ ...props, schema: branch.schema, omit: property }) : null}
    </Fieldset>
  );
}
