import { Page } from "@/components/Page";

export default function DesignPage() {
  return <Page title="Design">{null}</Page>;
}
