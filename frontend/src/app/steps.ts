import {
  IconCpu,
  IconDatabase,
  IconLayoutDashboard,
  IconSettings,
  IconTopologyStar3,
  IconTrendingUp,
} from "@tabler/icons-react";

/** The way through a project, in order. */
export const STEPS = [
  { to: "/p/$projectId", label: "Overview", icon: IconLayoutDashboard, exact: true },
  { to: "/p/$projectId/data", label: "Data", icon: IconDatabase, exact: false },
  { to: "/p/$projectId/design", label: "Design", icon: IconTopologyStar3, exact: false },
  { to: "/p/$projectId/train", label: "Train", icon: IconTrendingUp, exact: false },
  { to: "/p/$projectId/deploy", label: "Deploy", icon: IconCpu, exact: false },
  { to: "/p/$projectId/settings", label: "Settings", icon: IconSettings, exact: false },
] as const;
