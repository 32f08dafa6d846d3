import { Page } from "@/components/Page";

export default function SamplePage() {
  return <Page title="Recording">{null}</Page>;
}
