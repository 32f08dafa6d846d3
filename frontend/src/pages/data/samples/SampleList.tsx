import {
  ActionIcon,
  Badge,
  Checkbox,
  Group,
  Pagination,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { samplesQuery } from "@/api/queries";
import type { Sample, SampleSummary } from "@/api/types";
import type { DataSearch } from "@/app/dataSearch";
import { formatCount, formatDuration, formatFrequency } from "@/components/format";
import { Problem } from "@/components/Problem";
import { BulkBar } from "./BulkBar";
import { MiniWaveform } from "./MiniWaveform";
import classes from "./SampleList.module.css";

const PAGE_SIZE = 25;

const ORDERINGS = [
  { value: "-created_at", label: "Newest first" },
  { value: "created_at", label: "Oldest first" },
  { value: "name", label: "Name" },
  { value: "label", label: "Label" },
  { value: "-duration_ms", label: "Longest first" },
  { value: "duration_ms", label: "Shortest first" },
];

interface Props {
  projectId: string;
  summary: SampleSummary;
  search: DataSearch;
  onSearch: (search: DataSearch) => void;
  canEdit: boolean;
}

/** The recordings: narrow, find, look, select, change many at once. */
export function SampleList({ projectId, summary, search, onSearch, canEdit }: Props) {
  const page = search.page ?? 1;
  const filter = { label: search.label, split: search.split, q: search.q };
  const samples = useQuery(
    samplesQuery(projectId, {
      ...filter,
      ordering: search.ordering ?? "-created_at",
      limit: PAGE_SIZE,
      offset: (page - 1) * PAGE_SIZE,
    }),
  );
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const filterKey = JSON.stringify(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter shows other recordings; what is out of sight must not be changed.
  useEffect(() => setSelected(new Set()), [filterKey]);

  const rows = samples.data?.results ?? [];
  const count = samples.data?.count ?? 0;
  const pages = Math.max(1, Math.ceil(count / PAGE_SIZE));
  const allHere = rows.length > 0 && rows.every(({ id }) => selected.has(id));
  const select = (ids: string[], on: boolean) => {
    const next = new Set(selected);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    setSelected(next);
  };
  const narrow = (change: Partial<DataSearch>) => onSearch({ ...search, page: undefined, ...change });

  return (
    <Stack gap="md">
      <Filters summary={summary} search={search} onNarrow={narrow} />
      {samples.error && <Problem error={samples.error} onRetry={() => samples.refetch()} />}
      <div className={classes.frame} aria-busy={samples.isFetching}>
        <div className={classes.head}>
          {canEdit && (
            <Checkbox
              aria-label="Select all on this page"
              checked={allHere}
              indeterminate={!allHere && rows.some(({ id }) => selected.has(id))}
              onChange={(event) =>
                select(
                  rows.map(({ id }) => id),
                  event.currentTarget.checked,
                )
              }
            />
          )}
          {selected.size > 0 ? (
            <BulkBar
              projectId={projectId}
              ids={[...selected]}
              total={count}
              filter={filter}
              labels={summary.labels.map(({ label }) => label).filter(Boolean)}
              onDone={() => setSelected(new Set())}
            />
          ) : (
            <Text size="sm" c="dimmed" aria-live="polite">
              {samples.isPending ? "Loading…" : formatCount(count, "recording")}
            </Text>
          )}
        </div>
        <ul className={classes.list}>
          {samples.isPending &&
            Array.from({ length: 6 }, (_, index) => (
              <li key={index} className={classes.row}>
                <Skeleton h={34} />
              </li>
            ))}
          {rows.map((sample) => (
            <Row
              key={sample.id}
              projectId={projectId}
              sample={sample}
              checked={selected.has(sample.id)}
              onCheck={canEdit ? (on) => select([sample.id], on) : undefined}
            />
          ))}
        </ul>
        {samples.data && rows.length === 0 && (
          <Text c="dimmed" ta="center" py="xl">
            No recording matches. Try another word, or clear the filters.
          </Text>
        )}
      </div>
      {pages > 1 && (
        <Group justify="center">
          <Pagination
            total={pages}
            value={page}
            onChange={(next) => onSearch({ ...search, page: next > 1 ? next : undefined })}
            getControlProps={(control) => ({ "aria-label": `${control} page` })}
          />
        </Group>
      )}
    </Stack>
  );
}

interface RowProps {
  projectId: string;
  sample: Sample;
  checked: boolean;
  onCheck?: (on: boolean) => void;
}

function Row({ projectId, sample, checked, onCheck }: RowProps) {
  return (
    <li className={classes.row} data-checked={checked || undefined}>
      {onCheck && (
        <Checkbox
          aria-label={`Select ${sample.name}`}
          checked={checked}
          onChange={(event) => onCheck(event.currentTarget.checked)}
        />
      )}
      <Link
        to="/p/$projectId/data/$sampleId"
        params={{ projectId, sampleId: sample.id }}
        className={classes.link}
      >
        <span className={classes.wave}>
          <MiniWaveform projectId={projectId} sample={sample} />
        </span>
        <span className={classes.name}>{sample.name}</span>
        <span className={classes.label}>{sample.label || <em>no label</em>}</span>
        <span className={classes.split}>
          <Badge color={sample.split === "training" ? "petrol" : "brass"}>
            {sample.split === "training" ? "Training" : "Test"}
          </Badge>
        </span>
        <span className={`${classes.facts} figures`}>
          <span>{formatDuration(sample.duration_ms)}</span>
          <span className={classes.rate}>
            {formatFrequency(sample.sample_rate_hz)}
            {sample.channels.length > 1 ? ` × ${sample.channels.length}` : ""}
          </span>
        </span>
      </Link>
    </li>
  );
}

interface FilterProps {
  summary: SampleSummary;
  search: DataSearch;
  onNarrow: (change: Partial<DataSearch>) => void;
}

function Filters({ summary, search, onNarrow }: FilterProps) {
  const [text, setText] = useState(search.q ?? "");
  const find = useDebouncedCallback((q: string) => onNarrow({ q: q.trim() || undefined }), 300);
  const narrowed = Boolean(search.q || search.label || search.split);
  return (
    <div className={classes.filters}>
      <TextInput
        className={classes.find}
        aria-label="Find in names and labels"
        placeholder="Find in names and labels"
        leftSection={<IconSearch size={17} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          find(event.currentTarget.value);
        }}
      />
      <Select
        aria-label="Label"
        placeholder="All labels"
        clearable
        searchable
        clearButtonProps={{ "aria-label": "All labels" }}
        data={summary.labels.map(({ label }) => label).filter(Boolean)}
        value={search.label ?? null}
        onChange={(label) => onNarrow({ label: label ?? undefined })}
      />
      <Select
        aria-label="Split"
        placeholder="Training and test"
        clearable
        clearButtonProps={{ "aria-label": "Training and test" }}
        data={[
          { value: "training", label: "Training" },
          { value: "test", label: "Test" },
        ]}
        value={search.split ?? null}
        onChange={(split) => onNarrow({ split: (split as DataSearch["split"]) ?? undefined })}
      />
      <Select
        aria-label="Order"
        allowDeselect={false}
        data={ORDERINGS}
        value={search.ordering ?? "-created_at"}
        onChange={(ordering) =>
          onNarrow({ ordering: ordering === "-created_at" ? undefined : (ordering ?? undefined) })
        }
      />
      {narrowed && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Clear the filters"
          onClick={() => {
            setText("");
            onNarrow({ q: undefined, label: undefined, split: undefined });
          }}
        >
          <IconX size={18} />
        </ActionIcon>
      )}
    </div>
  );
}
