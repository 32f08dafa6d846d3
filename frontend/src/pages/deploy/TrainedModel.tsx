import { Radio, Select, Text } from "@mantine/core";
import type { DeployTarget, Run } from "@/api/types";
import { formatShare } from "@/components/charts";
import { formatBytes } from "@/components/format";
import { LinkButton } from "@/components/links";
import classes from "./BuildForm.module.css";
import { takes, variantsOf } from "./choices";

const VARIANT_WORDS: Record<string, string> = {
  int8: "8-bit integers: small and fast",
  float32: "32-bit numbers: exactly as trained",
};

interface TrainedModelProps {
  projectId: string;
  runs: readonly Run[];
  run: Run | undefined;
  onRun: (runId: string | null) => void;
  target: DeployTarget | undefined;
  variant: string | undefined;
  onVariant: (variant: string) => void;
}

/** Which run's model, and which variant of it. */
export function TrainedModel({ projectId, runs, run, onRun, target, variant, onVariant }: TrainedModelProps) {
  if (!run) {
    return (
      <div className={classes.none}>
        <Text size="sm">This target packages a model that you trained. There is none yet.</Text>
        <LinkButton size="xs" to="/p/$projectId/train" params={{ projectId }}>
          Go to Train
        </LinkButton>
      </div>
    );
  }
  return (
    <>
      {runs.length > 1 ? (
        <Select
          label="Run"
          maw={420}
          allowDeselect={false}
          data={runs.map((entry) => ({
            value: entry.id,
            label: `Run ${entry.number} · ${entry.design_name}`,
          }))}
          value={run.id}
          onChange={onRun}
        />
      ) : null}
      <Radio.Group
        label="Variant"
        labelProps={{ className: "quiet" }}
        value={variant ?? null}
        onChange={onVariant}
      >
        <div className={classes.cards}>
          {variantsOf(run, target).map((name) => (
            <VariantCard key={name} name={name} run={run} target={target} />
          ))}
        </div>
      </Radio.Group>
    </>
  );
}

function VariantCard({ name, run, target }: { name: string; run: Run; target: DeployTarget | undefined }) {
  const result = run.metrics?.variants[name];
  const taken = takes(target, name);
  return (
    <Radio.Card value={name} className={classes.card} disabled={!taken}>
      <span className={classes.head}>
        <Radio.Indicator size="xs" disabled={!taken} />
        <span className={classes.name}>{name}</span>
        <span className={classes.figure}>{formatShare(result?.evaluation?.accuracy)} right</span>
      </span>
      {VARIANT_WORDS[name] ? <span className={classes.words}>{VARIANT_WORDS[name]}</span> : null}
      {taken ? (
        result?.profile ? (
          <span className={classes.words}>
            {formatBytes(result.profile.flash_bytes)} flash · {formatBytes(result.profile.ram_bytes)} RAM
          </span>
        ) : null
      ) : (
        <span className={classes.reason}>
          {target?.title} takes {target?.variants.join(" or ")}
        </span>
      )}
    </Radio.Card>
  );
}
