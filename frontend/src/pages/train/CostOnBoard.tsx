import { Text } from "@mantine/core";
import type { Board, VariantResult } from "@/api/types";
import { formatLatency, formatShare, formatShort, formatWhole, UsageBar } from "@/components/charts";
import { formatDuration, formatFrequency } from "@/components/format";
import classes from "./Results.module.css";

interface CostOnBoardProps {
  variant: VariantResult;
  board: Board;
  /** How often a window comes. */
  strideMs: number;
}

/** Flash, RAM and time that a variant takes on a board, and where the time goes. */
export function CostOnBoard({ variant, board, strideMs }: CostOnBoardProps) {
  const { profile, model } = variant;
  const { features_instructions: features, model_instructions: network } = profile.breakdown;
  return (
    <div className={classes.cost}>
      <UsageBar label="Flash" usedBytes={profile.flash_bytes} totalBytes={board.flash_bytes} />
      <UsageBar label="RAM" usedBytes={profile.ram_bytes} totalBytes={board.ram_bytes} />
      {features !== null && network !== null ? <WorkShare features={features} network={network} /> : null}
      <dl className={classes.facts}>
        <dt>Instructions per window</dt>
        <dd>{profile.instructions === null ? "not measured" : formatWhole(profile.instructions)}</dd>
        <dt>Time per window</dt>
        <dd>
          {profile.latency_ms === null
            ? "not measured"
            : `≈ ${formatLatency(profile.latency_ms)} at ${formatFrequency(board.clock_hz)}`}
        </dd>
        {profile.latency_ms !== null ? (
          <>
            <dt>Busy</dt>
            <dd>
              ≈ {formatShare(profile.latency_ms / strideMs)} of the time, with a window every{" "}
              {formatDuration(strideMs)}
            </dd>
          </>
        ) : null}
        <dt>Multiply-adds of the model</dt>
        <dd>{formatShort(model.macs)}</dd>
        <dt>Built with</dt>
        <dd>{profile.toolchain}</dd>
        <dt>Run on</dt>
        <dd>{profile.emulator}</dd>
      </dl>
      <Text size="xs" c="dimmed">
        Flash and RAM are read from the linked program. Instructions are counted while it runs in an emulator;
        the times are estimates from them, at one instruction per cycle. A real core waits for its memory now
        and then, and some instructions take longer.
      </Text>
    </div>
  );
}

function WorkShare({ features, network }: { features: number; network: number }) {
  const whole = Math.max(1, features + network);
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        Where the time goes
      </Text>
      <div className={classes.share} aria-hidden="true">
        <span style={{ width: `${(features / whole) * 100}%` }} />
        <span />
      </div>
      <ul className={classes.legend}>
        <li>
          <span className={classes.dot} style={{ background: "var(--thimble-series-2)" }} />
          Features {formatShare(features / whole)} · {formatShort(features)} instructions
        </li>
        <li>
          <span className={classes.dot} style={{ background: "var(--thimble-accent)" }} />
          Model {formatShare(network / whole)} · {formatShort(network)} instructions
        </li>
      </ul>
    </div>
  );
}
