import { Page } from "@/components/Page";

export default function SignInPage() {
  return <Page title="Sign in">{null}</Page>;
}
