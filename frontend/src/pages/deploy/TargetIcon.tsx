import {
  IconBox,
  IconBrandJavascript,
  IconBrandPython,
  IconCircuitDiode,
  IconCpu,
  IconFileCode,
  IconWorldWww,
} from "@tabler/icons-react";

/** By the name that a target gives its icon; one that is not here is drawn as a box. */
const ICONS: Record<string, typeof IconBox> = {
  "file-code": IconFileCode,
  cpu: IconCpu,
  "circuit-diode": IconCircuitDiode,
  "brand-javascript": IconBrandJavascript,
  "brand-python": IconBrandPython,
  "world-www": IconWorldWww,
};

export function TargetIcon({ name }: { name: string }) {
  const Icon = ICONS[name] ?? IconBox;
  return <Icon size={20} stroke={1.7} aria-hidden="true" />;
}
