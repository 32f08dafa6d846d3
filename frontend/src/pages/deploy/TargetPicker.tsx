import { Button, Radio, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { DeployTarget, Run } from "@/api/types";
import { sectionsOf, whyNot } from "./choices";
import { TargetIcon } from "./TargetIcon";
import classes from "./TargetPicker.module.css";

/** More than a glance takes in: then they can be searched. */
const MANY = 8;

interface TargetPickerProps {
  targets: readonly DeployTarget[];
  run: Run | undefined;
  value: string | null;
  onChange: (targetId: string) => void;
}

/** Where the model is to run: every target as a card, under the place that it is for. */
export function TargetPicker({ targets, run, value, onChange }: TargetPickerProps) {
  const [query, setQuery] = useState("");
  const sections = sectionsOf(targets, query);
  const found = sections.reduce((sum, section) => sum + section.targets.length, 0);
  return (
    <div className={classes.sections}>
      {targets.length > MANY ? (
        <div>
          <TextInput
            aria-label="Search targets"
            placeholder="Search: Arduino, Python, web page, …"
            type="search"
            maw={420}
            leftSection={<IconSearch size={16} aria-hidden="true" />}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
          <span className="quiet" role="status">
            {query ? `${found} of ${targets.length} targets` : ""}
          </span>
        </div>
      ) : null}
      <Radio.Group label="Target" labelProps={{ className: "quiet" }} value={value} onChange={onChange}>
        <div className={classes.sections}>
          {sections.map((section) => (
            <section key={section.id} aria-label={section.title}>
              <div className={classes.heading}>
                <Title order={3}>{section.title}</Title>
                <Text size="sm" c="dimmed">
                  {section.words}
                </Text>
              </div>
              <div className={classes.cards}>
                {section.targets.map((target) => (
                  <TargetCard key={target.id} target={target} reason={whyNot(target, run)} />
                ))}
              </div>
            </section>
          ))}
        </div>
      </Radio.Group>
      {found === 0 ? (
        <Text size="sm" c="dimmed">
          No target is called so.{" "}
          <Button variant="subtle" size="compact-sm" onClick={() => setQuery("")}>
            Show all
          </Button>
        </Text>
      ) : null}
    </div>
  );
}

function TargetCard({ target, reason }: { target: DeployTarget; reason: string }) {
  return (
    <Radio.Card value={target.id} className={classes.card} disabled={reason !== ""}>
      <span className={classes.icon}>
        <TargetIcon name={target.icon} />
      </span>
      <span className={classes.text}>
        <span className={classes.head}>
          <span className={classes.name}>{target.title}</span>
          <Radio.Indicator size="xs" mt={3} disabled={reason !== ""} />
        </span>
        <span className={classes.words}>{target.pitch}</span>
        {reason ? <span className={classes.reason}>{reason}</span> : null}
      </span>
    </Radio.Card>
  );
}
