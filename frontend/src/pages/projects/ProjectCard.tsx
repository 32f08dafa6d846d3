import { Badge, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Project } from "@/api/types";
import { formatAgo, formatCount } from "@/components/format";
import classes from "./ProjectCard.module.css";

const LABELS_SHOWN = 6;

export function ProjectCard({ project }: { project: Project }) {
  const shown = project.labels.slice(0, LABELS_SHOWN);
  const more = project.labels.length - shown.length;
  return (
    <li className={classes.item}>
      <Link to="/p/$projectId" params={{ projectId: project.id }} className={classes.card}>
        <h2 className={classes.name}>{project.name}</h2>
        <Text size="sm" c="dimmed" lineClamp={2} className={classes.description}>
          {project.description || (project.sample_count ? "" : "Empty so far: bring the first recordings.")}
        </Text>
        {shown.length > 0 && (
          <Group gap={6}>
            {shown.map((label) => (
              <Badge key={label} color="gray" className={classes.label}>
                {label || "no label"}
              </Badge>
            ))}
            {more > 0 && (
              <Text span size="xs" c="dimmed">
                and {more} more
              </Text>
            )}
          </Group>
        )}
        <div className={classes.foot}>
          <span>{formatCount(project.sample_count, "recording")}</span>
          <span>{formatCount(project.run_count, "run")}</span>
          <span className={classes.when}>{formatAgo(project.updated_at)}</span>
        </div>
      </Link>
    </li>
  );
}
