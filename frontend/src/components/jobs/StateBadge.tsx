import { Badge, Loader } from "@mantine/core";
import { IconBan, IconCheck, IconClock, IconX } from "@tabler/icons-react";
import type { JobState } from "@/api/types";

const LOOKS: Record<JobState, { words: string; color: string; icon: React.ReactNode }> = {
  queued: { words: "Waiting", color: "gray", icon: <IconClock size={14} /> },
  running: {
    words: "Running",
    color: "petrol",
    icon: <Loader size={12} color="currentColor" />,
  },
  succeeded: { words: "Done", color: "green", icon: <IconCheck size={14} /> },
  failed: { words: "Failed", color: "red", icon: <IconX size={14} /> },
  cancelled: { words: "Cancelled", color: "gray", icon: <IconBan size={14} /> },
};

/** The state of a job in a word, told by shape as well as by colour. */
export function StateBadge({ state }: { state: JobState }) {
  const look = LOOKS[state];
  return (
    <Badge component="span" color={look.color} leftSection={look.icon}>
      {look.words}
    </Badge>
  );
}
