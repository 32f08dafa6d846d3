import { ActionIcon, Button, Input, Menu } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { FieldProps } from "./Field";
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
  sentence,
} from "./schema";

interface ListFieldProps extends Omit<FieldProps, "value"> {
  value: readonly unknown[];
  label: ReactNode;
  renderFields: (props: Omit<FieldProps, "required"> & { omit?: string }) => ReactNode;
}

type Item = Record<string, unknown>;

function moved<Value>(values: readonly Value[], from: number, to: number): Value[] {
  const next = [...values];
  const [item] = next.splice(from, 1);
  next.splice(to, 0, item as Value);
  return next;
}

/** A list whose items are objects, such as the layers of a network: add, open, move, remove. */
export function ListField({ label, renderFields, ...props }: ListFieldProps) {
  const { schema, root, value, onChange, errors, path, disabled } = props;
  const [opened, setOpened] = useState<number | null>(null);
  const items = resolve(schema.items ?? {}, root).schema;
  const choice = kindOf(items, root) === "choice";
  const property = items.discriminator?.propertyName ?? "type";
  const branches = choice ? branchesOf(items, root) : [];
  const full = schema.maxItems !== undefined && value.length >= schema.maxItems;

  const add = (item: unknown) => {
    onChange([...value, item]);
    setOpened(value.length);
  };
  const shift = (from: number, to: number) => {
    onChange(moved(value, from, to));
    setOpened(null);
  };

  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      description={plainText(schema.description)}
      error={messageAt(errors, path)}
    >
      <ol className={classes.list}>
        {value.map((entry, index) => {
          const item = (entry ?? {}) as Item;
          const own = errorsBelow(errors, `${path}.${index}`);
          const kind = String(item[property] ?? "");
          const branch: Schema | undefined = choice
            ? branches.find((option) => option.key === kind)?.schema
            : items;
          const title = choice ? inWords(kind) : (items.title ?? `Item ${index + 1}`);
          const open = opened === index || own.length > 0;
          const hasFields = Object.keys(branch?.properties ?? {}).some((name) => name !== property);
          return (
            <li key={index} className={classes.item} data-faulty={own.length > 0}>
              <div className={classes.itemHead}>
                <span className={classes.itemTitle}>
                  {index + 1}. {title} <small>{inShort(item, property)}</small>
                </span>
                {hasFields ? (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-expanded={open}
                    onClick={() => setOpened(open ? null : index)}
                  >
                    {open ? "Close" : "Edit"}
                    <span className="mantine-visually-hidden"> {title}</span>
                  </Button>
                ) : null}
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`Move ${title} ${index + 1} up`}
                  disabled={disabled || index === 0}
                  onClick={() => shift(index, index - 1)}
                >
                  <IconArrowUp size={14} />
                </ActionIcon>
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`Move ${title} ${index + 1} down`}
                  disabled={disabled || index === value.length - 1}
                  onClick={() => shift(index, index + 1)}
                >
                  <IconArrowDown size={14} />
                </ActionIcon>
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="red"
                  aria-label={`Remove ${title} ${index + 1}`}
                  disabled={disabled}
                  onClick={() => onChange(value.filter((_, place) => place !== index))}
                >
                  <IconTrash size={14} />
                </ActionIcon>
              </div>
              {own
                .filter((error) => error.field === "")
                .map((error) => (
                  <Input.Error key={error.message}>{sentence(error.message)}</Input.Error>
                ))}
              {open && branch && hasFields ? (
                <div className={classes.itemBody}>
                  {renderFields({
                    ...props,
                    schema: branch,
                    value: item,
                    path: `${path}.${index}`,
                    omit: choice ? property : undefined,
                    onChange: (next) => onChange(value.map((old, place) => (place === index ? next : old))),
                  })}
                </div>
              ) : null}
            </li>
          );
        })}
      </ol>
      {choice ? (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button
              size="compact-sm"
              variant="light"
              mt="xs"
              leftSection={<IconPlus size={14} />}
              disabled={disabled || full}
            >
              Add to {inWords(props.name).toLowerCase()}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={280} style={{ overflowY: "auto" }}>
            {branches.map((branch) => (
              <Menu.Item key={branch.key} onClick={() => add(branchValue(items, branch, root))}>
                {inWords(branch.key)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : (
        <Button
          size="compact-sm"
          variant="light"
          mt="xs"
          disabled={disabled || full}
          onClick={() => add(defaultOf(items, root))}
        >
          Add to {inWords(props.name).toLowerCase()}
        </Button>
      )}
    </Input.Wrapper>
  );
}

/** The first settings of an item, to tell it from its neighbours. */
function inShort(item: Item, property: string): string {
  return Object.entries(item)
    .filter(([name, value]) => name !== property && (typeof value === "number" || Array.isArray(value)))
    .slice(0, 3)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join("×") : value}`)
    .join(", ");
}
