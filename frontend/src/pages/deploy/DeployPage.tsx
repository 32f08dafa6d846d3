import { Page } from "@/components/Page";

export default function DeployPage() {
  return <Page title="Deploy">{null}</Page>;
}
