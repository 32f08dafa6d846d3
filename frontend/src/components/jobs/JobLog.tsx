import { Button, Code, Loader } from "@mantine/core";
import { IconTerminal2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { api } from "@/api/client";
import { Problem } from "@/components/Problem";
import classes from "./JobLog.module.css";
import { isFinal, type JobView } from "./jobState";

/** What the job printed; live while it runs, the whole of it afterwards. */
export function JobLog({ projectId, jobId, view }: { projectId: string; jobId: string; view: JobView }) {
  const [open, setOpen] = useState(false);
  const boxId = useId();
  const over = isFinal(view.state);
  const stored = useQuery({
    queryKey: ["project", projectId, "jobs", jobId, "log", view.state],
    queryFn: () => api.text(`projects/${projectId}/jobs/${jobId}/log/`),
    enabled: open && over,
  });
  const text = over ? (stored.data ?? "") : view.log.join("\n");
  const box = useRef<HTMLPreElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end stays in sight as lines come
  useEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [text]);
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        leftSection={<IconTerminal2 size={16} />}
        aria-expanded={open}
        aria-controls={boxId}
        onClick={() => setOpen(!open)}
      >
        {open ? "Hide the log" : "Show the log"}
      </Button>
      <div id={boxId} hidden={!open}>
        {stored.error ? <Problem error={stored.error} onRetry={() => stored.refetch()} /> : null}
        {stored.isLoading ? <Loader size="sm" m="sm" /> : null}
        {open && !stored.isLoading ? (
          <Code ref={box} block className={classes.log} tabIndex={0} aria-label="Log">
            {text || "Nothing was printed yet."}
          </Code>
        ) : null}
      </div>
    </div>
  );
}
