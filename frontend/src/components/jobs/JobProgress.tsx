import { Alert, Loader, Progress } from "@mantine/core";
import { IconBolt, IconCheck, IconCircle, IconPlugConnectedX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import classes from "./JobProgress.module.css";
import { isFinal, type JobView, type StepState } from "./jobState";

interface JobProgressProps {
  view: JobView;
  live: boolean;
  /** The steps that the job goes through, in order: id and title. */
  steps?: readonly (readonly [string, string])[];
}

const MARKS: Record<StepState, ReactNode> = {
  waiting: <IconCircle size={18} stroke={1.5} />,
  started: <Loader size={16} />,
  finished: <IconCheck size={18} stroke={2.4} />,
  cached: <IconBolt size={18} />,
};
const WORDS: Record<StepState, string> = {
  waiting: "waits",
  started: "under way",
  finished: "done",
  cached: "known from before",
};

/** How far a job is: its steps, a bar, and what it does now in words. */
export function JobProgress({ view, live, steps = [] }: JobProgressProps) {
  const halted = isFinal(view.state) && view.state !== "succeeded";
  return (
    <div className={classes.progress}>
      {steps.length > 0 ? (
        <ol className={classes.steps}>
          {steps.map(([id, title]) => {
            const known = view.steps[id] ?? "waiting";
            const state = halted && known === "started" ? "waiting" : known;
            return (
              <li key={id} data-state={state}>
                <span aria-hidden="true">{MARKS[state]}</span>
                <span>{title}</span>
                <span className={classes.stepWords}>
                  {halted && state === "waiting" ? "not done" : WORDS[state]}
                </span>
              </li>
            );
          })}
        </ol>
      ) : null}
      <div className={classes.line}>
        <span className={classes.message}>{view.message}</span>
        <span className={classes.percent}>{Math.floor(view.percent)} %</span>
      </div>
      <Progress
        value={view.percent}
        size="lg"
        radius="xl"
        animated={view.state === "running"}
        color={view.state === "failed" ? "red" : undefined}
        aria-label="Progress"
      />
      {live || isFinal(view.state) ? null : (
        <Alert color="brass" icon={<IconPlugConnectedX size={18} />} p="xs">
          The live connection is down; the state is asked for every two seconds. The work goes on.
        </Alert>
      )}
      <Announcement view={view} steps={steps} />
    </div>
  );
}

/** Tells screen readers of each tenth, each step and the end: often enough to follow, not so often as to drown. */
function Announcement({ view, steps }: Pick<JobProgressProps, "view" | "steps">) {
  const tenth = Math.floor(view.percent / 10) * 10;
  const current = steps?.find(([id]) => view.steps[id] === "started")?.[1] ?? "";
  const [words, setWords] = useState("");
  useEffect(() => {
    setWords(isFinal(view.state) ? `The job has ${view.state}.` : `${current} ${tenth} percent`);
  }, [tenth, current, view.state]);
  return (
    <div className="quiet" aria-live="polite">
      {words}
    </div>
  );
}
