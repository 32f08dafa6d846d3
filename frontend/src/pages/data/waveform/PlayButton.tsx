import { Button, Group, Text } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import type { Player } from "./usePlayer";

export function PlayButton({ player }: { player: Player }) {
  return (
    <Group gap="sm">
      <Button
        size="sm"
        leftSection={
          player.playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />
        }
        onClick={player.toggle}
      >
        {player.playing ? "Pause" : "Play"}
      </Button>
      <Text
        size="sm"
        c={player.problem ? "red" : "dimmed"}
        className="figures"
        role={player.problem ? "alert" : undefined}
      >
        {player.problem || `${(player.positionS ?? 0).toFixed(2)} / ${player.durationS.toFixed(2)} s`}
      </Text>
    </Group>
  );
}
