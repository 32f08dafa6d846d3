import { useMemo } from "react";
import type { EpochMetrics } from "@/api/types";
import { formatShare, formatValue } from "./format";
import classes from "./LearningCurves.module.css";
import { LineChart } from "./LineChart";

/** Loss and accuracy of each epoch, on what the model learns from and on what it does not; grows while training runs. */
export function LearningCurves({ history }: { history: readonly EpochMetrics[] }) {
  const curves = useMemo(() => {
    const of = (key: "loss" | "accuracy" | "val_loss" | "val_accuracy") => history.map((epoch) => epoch[key]);
    return {
      x: history.map((epoch) => epoch.epoch),
      accuracy: [
        { label: "Training", values: of("accuracy"), colour: "var(--thimble-training)" },
        { label: "Validation", values: of("val_accuracy"), colour: "var(--thimble-series-3)", dashed: true },
      ],
      loss: [
        { label: "Training", values: of("loss"), colour: "var(--thimble-training)" },
        { label: "Validation", values: of("val_loss"), colour: "var(--thimble-series-3)", dashed: true },
      ],
    };
  }, [history]);
  if (history.length === 0) return null;
  const few = history.length < 25;
  return (
    <div className={classes.pair}>
      <LineChart
        title="Accuracy"
        x={curves.x}
        series={curves.accuracy}
        xLabel="Epoch"
        yLabel="Share right"
        yRange={[0, 1.02]}
        formatY={(value) => formatShare(value, 0)}
        points={few}
      />
      <LineChart
        title="Loss"
        x={curves.x}
        series={curves.loss}
        xLabel="Epoch"
        yLabel="Cross-entropy"
        formatY={(value) => formatValue(value)}
        points={few}
      />
    </div>
  );
}
