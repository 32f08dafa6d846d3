import { Radio, Stack } from "@mantine/core";
import type { LanguageModel } from "@/api/types";
import { formatBytes, formatCount } from "@/components/format";
import { formatParameters } from "../choices";
import { AddModel } from "./AddModel";
import { DeleteModel } from "./DeleteModel";
import classes from "./LanguageModels.module.css";
import { UploadPanel } from "./UploadPanel";

interface LanguageModelsProps {
  projectId: string;
  models: readonly LanguageModel[];
  value: string | null;
  onChange: (modelId: string) => void;
}

/** The project's language models to choose from, those that are on their way, and how to bring another. */
export function LanguageModels({ projectId, models, value, onChange }: LanguageModelsProps) {
  const ready = models.filter((model) => model.state === "ready");
  const begun = models.filter((model) => model.state !== "ready");
  return (
    <Stack gap="md">
      {ready.length > 0 ? (
        <Radio.Group
          label="Language model"
          labelProps={{ className: "quiet" }}
          value={value}
          onChange={onChange}
        >
          <div className={classes.models}>
            {ready.map((model) => (
              <div key={model.id} className={classes.item} data-chosen={model.id === value || undefined}>
                <Radio.Card value={model.id} className={classes.card}>
                  <span className={classes.head}>
                    <Radio.Indicator size="xs" mt={3} />
                    <span className={classes.name}>{model.name}</span>
                  </span>
                  <span className={classes.words}>{factsOf(model)}</span>
                </Radio.Card>
                <DeleteModel projectId={projectId} model={model} />
              </div>
            ))}
          </div>
        </Radio.Group>
      ) : null}
      {begun.map((model) => (
        <UploadPanel key={model.id} projectId={projectId} model={model} />
      ))}
      <AddModel projectId={projectId} models={models} onAdded={onChange} />
    </Stack>
  );
}

function factsOf(model: LanguageModel): string {
  const facts = model.facts
    ? [
        model.facts.architecture,
        `${formatParameters(model.facts.parameters)} parameters`,
        `${formatCount(model.facts.context_tokens, "token")} of context`,
      ]
    : [];
  const place = model.server_folder ? "on the server" : "uploaded";
  return [...facts, `${formatBytes(model.size_bytes)} ${place}`].join(" · ");
}
