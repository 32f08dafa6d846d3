import { Alert, Button, Fieldset, Input, MultiSelect, Switch, TextInput, Title } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { FieldError } from "@/api/client";
import type { DesignCheck, InputSpec, LearningSpec, PipelineSpec, SampleSummary } from "@/api/types";
import { formatShape, formatShort, formatWhole } from "@/components/charts";
import { formatBytes, formatFrequency } from "@/components/format";
import { errorsBelow, SchemaForm } from "@/components/forms";
import { inWords, messageAt } from "@/components/forms/schema";
import { BlockCards } from "./BlockCards";
import classes from "./Panels.module.css";
import { defaultParams, type PipelineSchema } from "./pipelineSchema";
import { addFeature, changeFeature, changeInput, removeFeature, swapFeatureBlock } from "./specEdits";

export interface PanelProps {
  spec: PipelineSpec;
  schema: PipelineSchema;
  errors: readonly FieldError[];
  check: DesignCheck | undefined;
  /** `field` names what was edited, for undo. */
  onEdit: (spec: PipelineSpec, field: string) => void;
  disabled: boolean;
}

/** Which of the form's fields differ: the name under which an edit is remembered. */
function changedField(before: object, after: object, prefix: string): string {
  const old = before as Record<string, unknown>;
  const found = Object.entries(after).find(([name, value]) => old[name] !== value);
  return `${prefix}.${found?.[0] ?? ""}`;
}

function PanelError({ errors, path }: { errors: readonly FieldError[]; path: string }) {
  const message = messageAt(errors, path);
  return message ? (
    <Alert color="red" role="alert">
      {message}
    </Alert>
  ) : null;
}

export function WindowPanel({
  spec,
  schema,
  errors,
  onEdit,
  disabled,
  summary,
}: PanelProps & { summary: SampleSummary }) {
  const known = [
    ...new Set([...spec.input.channels, ...summary.channel_sets.flatMap((set) => set.channels)]),
  ];
  const rates = summary.sample_rates_hz;
  const odd = rates.length > 0 && !rates.includes(spec.input.sample_rate_hz);
  return (
    <div className={classes.panel}>
      <p className={classes.note}>
        A long recording is cut into windows; the model judges one at a time. Make it as long as the shortest
        thing that you want to recognise.
      </p>
      {odd ? (
        <Alert color="brass" title="The sample rate differs from your recordings">
          They have {rates.map(formatFrequency).join(" and ")}. The device must sample as the recordings were
          sampled.
        </Alert>
      ) : null}
      <SchemaForm
        schema={schema.input}
        root={schema.root}
        value={spec.input as unknown as Record<string, unknown>}
        onChange={(value) =>
          onEdit(changeInput(spec, value as unknown as InputSpec), changedField(spec.input, value, "input"))
        }
        errors={errorsBelow(errors, "input")}
        omit={["kind"]}
        order={["window_ms", "stride_ms"]}
        first={2}
        options={{ channels: known }}
        disabled={disabled}
      />
    </div>
  );
}

export function FeaturesPanel({ spec, schema, errors, check, onEdit, disabled }: PanelProps) {
  const [adding, setAdding] = useState(false);
  return (
    <div className={classes.panel}>
      <p className={classes.note}>
        Features say what matters in a window in far fewer numbers, so that a small model is enough. The
        device computes them with exactly the code that draws the picture.
      </p>
      <PanelError errors={errors} path="features" />
      {spec.features.map((feature, place) => {
        const kind = schema.features.find((option) => option.id === feature.block);
        const own = errorsBelow(errors, `features.${place}`);
        const found = check?.features?.find((entry) => entry.name === feature.name);
        return (
          <section key={place} className={classes.block} aria-label={`Features ${feature.name}`}>
            {spec.features.length > 1 ? (
              <div className={classes.blockHead}>
                <Title order={3}>{feature.name}</Title>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  leftSection={<IconTrash size={14} />}
                  disabled={disabled}
                  onClick={() => onEdit(removeFeature(spec, place), "features.remove")}
                >
                  Remove<span className="quiet"> {feature.name}</span>
                </Button>
              </div>
            ) : null}
            <BlockCards
              label="Feature blocks"
              kinds={schema.features}
              chosen={feature.block}
              disabled={disabled}
              onChoose={(choice) =>
                onEdit(
                  swapFeatureBlock(spec, place, choice.id, defaultParams(choice, schema.root)),
                  `features.${place}.block`,
                )
              }
            />
            <PanelError errors={own} path="" />
            <PanelError errors={own} path="params" />
            {spec.input.channels.length > 1 ? (
              <MultiSelect
                label="Channels"
                description="Which channels this block reads; all of them when empty."
                placeholder={feature.channels.length === 0 ? "All channels" : undefined}
                data={spec.input.channels}
                value={feature.channels}
                disabled={disabled}
                error={messageAt(own, "channels")}
                onChange={(channels) =>
                  onEdit(changeFeature(spec, place, { ...feature, channels }), `features.${place}.channels`)
                }
              />
            ) : null}
            {kind ? (
              <SchemaForm
                schema={kind.params}
                root={schema.root}
                value={feature.params}
                onChange={(params) =>
                  onEdit(
                    changeFeature(spec, place, { ...feature, params }),
                    changedField(feature.params, params, `features.${place}`),
                  )
                }
                errors={errorsBelow(own, "params").filter((error) => error.field !== "")}
                first={4}
                disabled={disabled}
              />
            ) : null}
            {spec.features.length > 1 ? (
              <TextInput
                label="Name"
                description="What the learning block calls these features."
                value={feature.name}
                maxLength={40}
                disabled={disabled}
                error={messageAt(own, "name")}
                onChange={(event) =>
                  onEdit(
                    changeFeature(spec, place, { ...feature, name: event.currentTarget.value }),
                    `features.${place}.name`,
                  )
                }
              />
            ) : null}
            {found ? (
              <ul className={classes.facts} aria-label="Cost of these features">
                <li>
                  gives <strong>{formatShape(found.output_shape)}</strong> values
                </li>
                <li>
                  <strong>{formatShort(found.cost.macs)}</strong> multiply-adds a window
                </li>
                <li>
                  <strong>{formatBytes(found.cost.scratch_bytes)}</strong> RAM while it works
                </li>
                <li>
                  <strong>{formatBytes(found.cost.table_bytes)}</strong> tables in flash
                </li>
              </ul>
            ) : null}
          </section>
        );
      })}
      {adding ? (
        <section className={classes.block} aria-label="Add features">
          <Title order={3}>Which features to add?</Title>
          <BlockCards
            label="Feature blocks to add"
            kinds={schema.features}
            onChoose={(choice) => {
              onEdit(addFeature(spec, choice.id, defaultParams(choice, schema.root)), "features.add");
              setAdding(false);
            }}
          />
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            onClick={() => setAdding(false)}
            style={{ alignSelf: "start" }}
          >
            Cancel
          </Button>
        </section>
      ) : (
        <Button
          variant="light"
          size="sm"
          leftSection={<IconPlus size={16} />}
          disabled={disabled}
          onClick={() => setAdding(true)}
          style={{ alignSelf: "start" }}
        >
          Add another feature block
        </Button>
      )}
    </div>
  );
}

export function LearningPanel({ spec, schema, errors, check, onEdit, disabled }: PanelProps) {
  const learning = spec.learning[0];
  if (!learning) return null;
  const kind = schema.learning.find((option) => option.id === learning.block);
  const own = errorsBelow(errors, "learning.0");
  const found = check?.learning?.[0];
  const edit = (part: Partial<LearningSpec>, field: string) =>
    onEdit({ ...spec, learning: [{ ...learning, ...part }] }, `learning.${field}`);
  return (
    <div className={classes.panel}>
      <PanelError errors={errors} path="learning" />
      <BlockCards
        label="Learning blocks"
        kinds={schema.learning}
        chosen={learning.block}
        disabled={disabled}
        onChoose={(choice) => {
          if (choice.id !== learning.block) {
            edit({ block: choice.id, params: defaultParams(choice, schema.root) }, "block");
          }
        }}
      />
      <PanelError errors={own} path="" />
      <PanelError errors={own} path="params" />
      {spec.features.length > 1 ? (
        <MultiSelect
          label="Learns from"
          data={spec.features.map((feature) => feature.name)}
          value={learning.inputs}
          error={messageAt(own, "inputs")}
          disabled={disabled}
          onChange={(inputs) => edit({ inputs }, "inputs")}
        />
      ) : null}
      {kind ? (
        <SchemaForm
          schema={kind.params}
          root={schema.root}
          value={learning.params}
          onChange={(params) => edit({ params }, changedField(learning.params, params, "params"))}
          errors={errorsBelow(own, "params").filter((error) => error.field !== "")}
          order={["preset", "epochs", "augment", "dropout"]}
          first={4}
          disabled={disabled}
        />
      ) : null}
      {found && found.layers.length > 0 ? (
        <div className={classes.scroll}>
          <table className={classes.layers}>
            <caption>The network that will be trained</caption>
            <thead>
              <tr>
                <th scope="col">Layer</th>
                <th scope="col">Gives</th>
                <th scope="col">Multiply-adds</th>
                <th scope="col">Weights</th>
              </tr>
            </thead>
            <tbody>
              {found.layers.map((layer) => (
                <tr key={layer.name}>
                  <th scope="row">{inWords(layer.op)}</th>
                  <td>{formatShape(layer.output_shape)}</td>
                  <td>{formatWhole(layer.macs)}</td>
                  <td>{formatWhole(layer.weights)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

export function DecisionPanel({ spec, schema, errors, onEdit, disabled }: PanelProps) {
  return (
    <div className={classes.panel}>
      <p className={classes.note}>
        The model gives a probability for each label. Here you say when the device may trust it, and whether
        it waits for a few windows to agree.
      </p>
      <SchemaForm
        schema={schema.postprocess}
        root={schema.root}
        value={spec.postprocess}
        onChange={(value) =>
          onEdit(
            { ...spec, postprocess: value as PipelineSpec["postprocess"] },
            changedField(spec.postprocess, value, "postprocess"),
          )
        }
        errors={errorsBelow(errors, "postprocess")}
        disabled={disabled}
      />
      <Input.Wrapper error={messageAt(errors, "compress")}>
        <Switch
          label="Also make an 8-bit variant"
          description="Weights and values as 8-bit integers: about a quarter of the memory and several times faster on most boards. Its accuracy is measured beside the float32 one's, so you can compare."
          checked={spec.compress.length > 0}
          disabled={disabled}
          onChange={(event) =>
            onEdit(
              { ...spec, compress: event.currentTarget.checked ? [{ method: "ptq_int8" }] : [] },
              "compress",
            )
          }
        />
      </Input.Wrapper>
      <Fieldset legend="On the device" variant="unstyled" className={classes.device}>
        <p className={classes.note}>
          How the model becomes C. The answers stay the same to the last bit; speed, flash and RAM change, and
          the run measures all three.
        </p>
        <SchemaForm
          schema={schema.compile}
          root={schema.root}
          value={spec.compile}
          onChange={(value) =>
            onEdit(
              { ...spec, compile: value as PipelineSpec["compile"] },
              changedField(spec.compile, value, "compile"),
            )
          }
          errors={errorsBelow(errors, "compile")}
          disabled={disabled}
        />
      </Fieldset>
    </div>
  );
}
