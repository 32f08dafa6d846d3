import { Card, Text } from "@mantine/core";
import { IconArrowRight, IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { LinkButton } from "@/components/links";
import classes from "./OverviewPage.module.css";
import { nextStep, type ProjectStep, type StepId } from "./progress";

const PAGES = {
  data: "/p/$projectId/data",
  design: "/p/$projectId/design",
  train: "/p/$projectId/train",
  deploy: "/p/$projectId/deploy",
} as const satisfies Record<StepId, string>;

const CALLS: Record<StepId, string> = {
  data: "Bring recordings",
  design: "Design the pipeline",
  train: "Train the first model",
  deploy: "Build a download",
};

interface Props {
  projectId: string;
  steps: ProjectStep[];
  canEdit: boolean;
}

/** The four steps, how far the project has come, and the one step that is next. */
export function Way({ projectId, steps, canEdit }: Props) {
  const next = nextStep(steps);
  return (
    <Card padding="xl">
      <ol className={classes.way}>
        {steps.map((step, index) => (
          <li
            key={step.id}
            className={classes.step}
            data-done={step.done || undefined}
            data-next={step === next || undefined}
            aria-current={step === next ? "step" : undefined}
          >
            <span className={classes.knob} aria-hidden="true">
              {step.done ? <IconCheck size={18} stroke={2.4} /> : index + 1}
            </span>
            <h2 className={classes.title}>
              <Link to={PAGES[step.id]} params={{ projectId }}>
                {step.title}
              </Link>
              {step.done && <span className="quiet"> (done)</span>}
            </h2>
            <span className={classes.detail}>{step.detail}</span>
          </li>
        ))}
      </ol>
      {canEdit && (
        <div className={classes.next}>
          <Text c="dimmed">
            {next ? "Your next step" : "Everything is in place. Improve it, or build for another board."}
          </Text>
          <LinkButton
            to={PAGES[next?.id ?? "train"]}
            params={{ projectId }}
            rightSection={<IconArrowRight size={18} />}
          >
            {next ? CALLS[next.id] : "See the runs"}
          </LinkButton>
        </div>
      )}
    </Card>
  );
}
