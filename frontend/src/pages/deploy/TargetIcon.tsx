import {
  IconBox,
  IconBrandJavascript,
  IconBrandPython,
  IconCircuitDiode,
  IconCode,
  IconCpu,
  IconFileTypeJs,
  IconWorldWww,
} from "@tabler/icons-react";

/** What targets may call their icon; a name that is not here is drawn as a box. */
const ICONS: Record<string, typeof IconBox> = {
  code: IconCode,
  c: IconCode,
  cpu: IconCpu,
  chip: IconCpu,
  arduino: IconCircuitDiode,
  javascript: IconBrandJavascript,
  js: IconFileTypeJs,
  python: IconBrandPython,
  web: IconWorldWww,
};

export function TargetIcon({ name }: { name: string }) {
  const Icon = ICONS[name] ?? IconBox;
  return <Icon size={20} stroke={1.7} aria-hidden="true" />;
}
