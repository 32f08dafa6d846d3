import { Text } from "@mantine/core";
import type { Board, Profile, VariantResult } from "@/api/types";
import { formatLatency, formatShare, formatShort, formatWhole, UsageBar } from "@/components/charts";
import { formatDuration, formatFrequency } from "@/components/format";
import classes from "./Results.module.css";

interface CostOnBoardProps {
  variant: VariantResult;
  board: Board;
  /** How often a window comes. */
  strideMs: number;
}

/** The band of the estimated time in brackets, where it is known. */
function bandOf(profile: Profile): string {
  if (profile.latency_low_ms == null || profile.latency_high_ms == null) return "";
  return ` (${formatLatency(profile.latency_low_ms)} to ${formatLatency(profile.latency_high_ms)})`;
}

/** Flash, RAM and time that a variant takes on a board, and where the time goes. */
export function CostOnBoard({ variant, board, strideMs }: CostOnBoardProps) {
  const { profile, model } = variant;
  const { features_instructions: features, model_instructions: network } = profile.breakdown;
  const { features_cycles: featuresTime, model_cycles: networkTime } = profile.breakdown;
  return (
    <div className={classes.cost}>
      <UsageBar label="Flash" usedBytes={profile.flash_bytes} totalBytes={board.flash_bytes} />
      <UsageBar label="RAM" usedBytes={profile.ram_bytes} totalBytes={board.ram_bytes} />
      {features !== null && network !== null ? (
        <WorkShare
          features={features}
          network={network}
          featuresTime={featuresTime ?? features}
          networkTime={networkTime ?? network}
        />
      ) : null}
      <dl className={classes.facts}>
        <dt>Instructions per window</dt>
        <dd>{profile.instructions === null ? "not measured" : formatWhole(profile.instructions)}</dd>
        <dt>Time per window</dt>
        <dd>
          {profile.latency_ms === null
            ? "not measured"
            : `≈ ${formatLatency(profile.latency_ms)}${bandOf(profile)} at ${formatFrequency(board.clock_hz)}`}
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
        Flash and RAM are read from the linked program. Instructions are counted while it runs in an emulator.
        The time is {profile.latency_is || "an estimate from them"}
        {profile.latency_low_ms != null
          ? "; the range in brackets is what the core’s manual leaves open"
          : ""}
        .
      </Text>
    </div>
  );
}

interface WorkShareProps {
  /** Instructions. */
  features: number;
  network: number;
  /** Cycles, or instructions where those are not known. */
  featuresTime: number;
  networkTime: number;
}

function WorkShare({ features, network, featuresTime, networkTime }: WorkShareProps) {
  const whole = Math.max(1, featuresTime + networkTime);
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        Where the time goes
      </Text>
      <div className={classes.share} aria-hidden="true">
        <span style={{ width: `${(featuresTime / whole) * 100}%` }} />
        <span />
      </div>
      <ul className={classes.legend}>
        <li>
          <span className={classes.dot} style={{ background: "var(--thimble-series-2)" }} />
          Features {formatShare(featuresTime / whole)} · {formatShort(features)} instructions
        </li>
        <li>
          <span className={classes.dot} style={{ background: "var(--thimble-accent)" }} />
          Model {formatShare(networkTime / whole)} · {formatShort(network)} instructions
        </li>
      </ul>
    </div>
  );
}
