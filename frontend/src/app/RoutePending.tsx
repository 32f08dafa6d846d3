import { Center, Loader } from "@mantine/core";

export function RoutePending() {
  return (
    <Center mih="50vh">
      <Loader type="dots" aria-label="Loading" />
    </Center>
  );
}
