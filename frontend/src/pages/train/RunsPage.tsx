import { Page } from "@/components/Page";

export default function RunsPage() {
  return <Page title="Train">{null}</Page>;
}
