import { Page } from "@/components/Page";

export default function DataPage() {
  return <Page title="Data">{null}</Page>;
}
