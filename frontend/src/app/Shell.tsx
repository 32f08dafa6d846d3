import {
  ActionIcon,
  Menu,
  Text,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { IconApi, IconBook2, IconChevronLeft, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api } from "@/api/client";
import { meQuery } from "@/api/queries";
import type { Project } from "@/api/types";
import { ThimbleMark } from "@/components/ThimbleMark";
import classes from "./Shell.module.css";
import { STEPS } from "./steps";

interface Props {
  project?: Project;
  /** Set inside a project: shows its steps. */
  projectId?: string;
  children: ReactNode;
}

/** Frame of every signed-in page. At the side on a wide screen; a bar above and one below on a phone. */
export function Shell({ project, projectId, children }: Props) {
  return (
    <div className={classes.shell} data-project={projectId ? true : undefined}>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <header className={classes.top}>
        <Link to="/" className={classes.brand} aria-label="Thimble: all projects">
          <ThimbleMark />
          <span className={classes.wordmark}>Thimble</span>
        </Link>
        {projectId && <ProjectName project={project} />}
        <Tools />
      </header>
      {projectId && <Steps projectId={projectId} />}
      <main id="content" className={classes.content} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function ProjectName({ project }: { project?: Project }) {
  return (
    <div className={classes.project}>
      <Link to="/" className={classes.back}>
        <IconChevronLeft size={14} aria-hidden="true" /> All projects
      </Link>
      <Text fw={600} truncate title={project?.name}>
        {project?.name ?? "…"}
      </Text>
    </div>
  );
}

function Steps({ projectId }: { projectId: string }) {
  return (
    <nav className={classes.side} aria-label="Steps of the project">
      <div className={classes.steps}>
        {STEPS.map(({ to, label, icon: Icon, exact }) => (
          <Link
            key={to}
            to={to}
            params={{ projectId }}
            className={classes.step}
            activeOptions={{ exact }}
            activeProps={{ "data-active": true, "aria-current": "page" }}
          >
            <Icon size={20} stroke={1.7} aria-hidden="true" />
            <span>{label}</span>
          </Link>
        ))}
      </div>
    </nav>
  );
}

function Tools() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  const me = useQuery(meQuery()).data;
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const signOut = async () => {
    await api.post("auth/sign-out/");
    queryClient.clear();
    await navigate({ to: "/sign-in", search: {} });
  };
  return (
    <div className={classes.tools}>
      <Tooltip label={`Switch to ${other} colours`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={`Switch to ${other} colours`}
          onClick={() => setColorScheme(other)}
        >
          {scheme === "dark" ? <IconSun size={19} stroke={1.7} /> : <IconMoon size={19} stroke={1.7} />}
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <UnstyledButton className={classes.user} aria-label="Your account">
            {(me?.name || me?.email || "?").slice(0, 1).toUpperCase()}
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <Text size="sm" fw={600} c="var(--thimble-text)" truncate>
              {me?.name || me?.email}
            </Text>
            {me?.name && (
              <Text size="xs" truncate>
                {me.email}
              </Text>
            )}
          </Menu.Label>
          <Menu.Divider />
          <Menu.Item component="a" href="/docs/" leftSection={<IconBook2 size={16} />}>
            Handbook
          </Menu.Item>
          <Menu.Item component="a" href="/api/docs/" leftSection={<IconApi size={16} />}>
            REST API documentation
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
