import { UnstyledButton } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import classes from "./BlockCards.module.css";
import type { BlockKind } from "./pipelineSchema";

interface BlockCardsProps {
  label: string;
  kinds: readonly BlockKind[];
  chosen?: string;
  disabled?: boolean;
  onChoose: (kind: BlockKind) => void;
}

/** Blocks to choose from: what each is called and what it is good for. */
export function BlockCards({ label, kinds, chosen, disabled = false, onChoose }: BlockCardsProps) {
  return (
    <ul className={classes.cards} aria-label={label}>
      {kinds.map((kind) => (
        <li key={kind.id}>
          <UnstyledButton
            className={classes.card}
            aria-pressed={chosen === kind.id}
            disabled={disabled}
            onClick={() => onChoose(kind)}
          >
            <span className={classes.title}>
              {kind.title}
              {chosen === kind.id ? <IconCheck size={16} aria-hidden="true" /> : null}
            </span>
            <span className={classes.summary}>{kind.summary}</span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
