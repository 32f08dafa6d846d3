import {
  Button,
  Group,
  Modal,
  NumberInput,
  Radio,
  ScrollArea,
  SegmentedControl,
  Stack,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { formatBytes, formatCount } from "@/components/format";
import type { PickedFile } from "./dropped";
import {
  folderSplit,
  type LabelRule,
  labelFor,
  previewLabels,
  proposeRule,
  type SplitRule,
  splitFor,
} from "./labels";
import type { UploadRequest } from "./queue";
import classes from "./ReviewUpload.module.css";

interface Props {
  files: PickedFile[];
  onClose: () => void;
  onUpload: (requests: UploadRequest[]) => void;
}

const RULES: { value: LabelRule; label: string; description: string }[] = [
  { value: "folder", label: "Folder", description: "The name of the folder that a file lies in." },
  { value: "file", label: "File name", description: "What the file name begins with." },
  { value: "one", label: "One", description: "The same label for every file." },
  { value: "none", label: "None", description: "You label them later." },
];

/** What was dropped, which labels it will get, and the chance to choose otherwise before anything is sent. */
export function ReviewUpload({ files, onClose, onUpload }: Props) {
  const paths = useMemo(() => files.map(({ path }) => path), [files]);
  const hasSplitFolders = useMemo(() => paths.some((path) => folderSplit(path)), [paths]);
  const [rule, setRule] = useState<LabelRule>("file");
  const [oneLabel, setOneLabel] = useState("");
  const [splitRule, setSplitRule] = useState<SplitRule>("auto");
  const [sampleRateHz, setSampleRateHz] = useState<number | string>("");

  useEffect(() => {
    if (files.length === 0) return;
    setRule(proposeRule(paths));
    setSplitRule(hasSplitFolders ? "folders" : "auto");
  }, [files, paths, hasSplitFolders]);

  const preview = useMemo(() => previewLabels(paths, rule, oneLabel), [paths, rule, oneLabel]);
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const asksRate = paths.some((path) => !/\.wav$/i.test(path));
  const labelMissing = rule === "one" && !oneLabel.trim();

  const upload = () => {
    const rate = typeof sampleRateHz === "number" && sampleRateHz > 0 ? sampleRateHz : undefined;
    onUpload(
      files.map(({ file, path }) => ({
        file,
        path,
        label: labelFor(path, rule, oneLabel),
        split: splitFor(path, splitRule),
        // A WAV says its own rate; a table may not.
        sampleRateHz: /\.wav$/i.test(path) ? undefined : rate,
      })),
    );
  };

  return (
    <Modal
      opened={files.length > 0}
      onClose={onClose}
      size={640}
      title={
        <Text fw={650} size="lg">
          Upload {formatCount(files.length, "recording")}{" "}
          <Text span c="dimmed" fw={400}>
            {formatBytes(bytes)}
          </Text>
        </Text>
      }
    >
      <Stack gap="lg">
        <div>
          <Text fw={600} size="sm" id="label-rule" mb={8}>
            Where do the labels come from?
          </Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="label-rule"
            value={rule}
            onChange={(value) => setRule(value as LabelRule)}
            data={RULES.map(({ value, label }) => ({ value, label }))}
          />
          <Text size="sm" c="dimmed" mt={6}>
            {RULES.find(({ value }) => value === rule)?.description}
          </Text>
          {rule === "one" && (
            <TextInput
              mt="sm"
              label="Label"
              placeholder="background noise"
              data-autofocus
              maxLength={120}
              value={oneLabel}
              onChange={(event) => setOneLabel(event.currentTarget.value)}
            />
          )}
        </div>

        <ScrollArea.Autosize
          mah={260}
          className={classes.preview}
          tabIndex={0}
          aria-label="Labels before upload"
        >
          <Table verticalSpacing={8}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Label</Table.Th>
                <Table.Th>For example</Table.Th>
                <Table.Th ta="right">Files</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {preview.map(({ label, count, example }) => (
                <Table.Tr key={label}>
                  <Table.Td fw={600} className={classes.label}>
                    {label || (
                      <Text span size="sm" c="dimmed" fs="italic">
                        no label
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td className={classes.example} data-tail={rule === "file" || undefined}>
                    <bdi>{example}</bdi>
                  </Table.Td>
                  <Table.Td ta="right" className="figures">
                    {count}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>

        <Radio.Group
          label="Training or test?"
          description="Test recordings are never trained on: they tell how well the model does on what it has not seen."
          value={splitRule}
          onChange={(value) => setSplitRule(value as SplitRule)}
        >
          <Group mt={10} gap="lg">
            {hasSplitFolders && <Radio value="folders" label="As the folders say" />}
            <Radio value="auto" label="Automatic: 80 % training" />
            <Radio value="training" label="All training" />
            <Radio value="test" label="All test" />
          </Group>
        </Radio.Group>

        {asksRate && (
          <NumberInput
            label="Sample rate"
            description="Only for tables without a time column. Leave it empty where the files say it themselves."
            placeholder="for example 100"
            suffix=" Hz"
            min={0}
            max={1_000_000}
            hideControls
            maw={360}
            value={sampleRateHz}
            onChange={setSampleRateHz}
          />
        )}

        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={upload} disabled={labelMissing}>
            Upload {formatCount(files.length, "recording")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
