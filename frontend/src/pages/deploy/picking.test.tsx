import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import type { DeployTarget } from "@/api/types";
import { TargetPicker } from "./TargetPicker";

const target = (id: string, fields: Partial<DeployTarget> = {}): DeployTarget => ({
  id,
  title: `Target ${id}`,
  pitch: `For ${id}.`,
  icon: "an-icon-that-nobody-knows",
  group: "board",
  takes: "pipeline",
  variants: ["int8"],
  board_use: "chosen",
  missing: [],
  refused_boards: {},
  docs: "",
  options_schema: {},
  ...fields,
});

function Picking({ targets }: { targets: DeployTarget[] }) {
  const [value, setValue] = useState<string | null>(targets[0]?.id ?? null);
  return (
    <MantineProvider>
      <TargetPicker targets={targets} run={undefined} value={value} onChange={setValue} />
    </MantineProvider>
  );
}

describe("picking a target", () => {
  it("draws one with an unknown icon, as another package may bring it, and chooses it", async () => {
    render(<Picking targets={[target("one"), target("strange", { group: "computer" })]} />);
    await userEvent.click(screen.getByRole("radio", { name: /Target strange/ }));
    expect(screen.getByRole("radio", { name: /Target strange/ })).toBeChecked();
    expect(screen.getByRole("region", { name: "On a computer" })).toBeInTheDocument();
  });

  it("tells why one cannot be chosen", () => {
    render(
      <Picking targets={[target("one"), target("two", { missing: ["cc is not installed: get it"] })]} />,
    );
    const card = screen.getByRole("radio", { name: /Target two/ });
    expect(card).toBeDisabled();
    expect(card).toHaveTextContent("Not on this server: cc is not installed: get it");
  });

  it("searches where there are many, and leads back from nothing", async () => {
    render(<Picking targets={["a", "b", "c", "d", "e", "f", "g", "h", "needle"].map((id) => target(id))} />);
    await userEvent.type(screen.getByRole("searchbox", { name: "Search targets" }), "needle");
    expect(screen.getAllByRole("radio")).toHaveLength(1);
    expect(screen.getByRole("status")).toHaveTextContent("1 of 9 targets");
    await userEvent.type(screen.getByRole("searchbox"), "s in a haystack");
    expect(screen.queryAllByRole("radio")).toHaveLength(0);
    await userEvent.click(screen.getByRole("button", { name: "Show all" }));
    expect(screen.getAllByRole("radio")).toHaveLength(9);
  });
});
