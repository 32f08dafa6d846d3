import { MantineProvider } from "@mantine/core";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import type { FieldError } from "@/api/client";
import { SchemaForm } from "./SchemaForm";
import { branchesOf, branchValue, defaultOf, placedErrors, resolve, type Schema, splitUnit } from "./schema";

const SCHEMA: Schema = {
  type: "object",
  required: ["bands"],
  $defs: {
    Dense: {
      type: "object",
      title: "Dense",
      required: ["units"],
      properties: {
        type: { const: "dense", default: "dense", type: "string" },
        units: { type: "integer", title: "Units", minimum: 1, maximum: 1024 },
      },
    },
    Pool: {
      type: "object",
      title: "Pool1D",
      properties: {
        type: { enum: ["max_pool1d", "average_pool1d"], type: "string" },
        size: { type: "integer", title: "Size", default: 2, minimum: 1 },
      },
    },
    Noise: {
      type: "object",
      title: "Noise",
      properties: { level_db: { type: "number", title: "Level (dB)", default: -50 } },
    },
  },
  properties: {
    frame_ms: {
      type: "number",
      title: "Frame (ms)",
      description: "Length of a frame, ``hop`` apart.",
      default: 32,
      exclusiveMinimum: 0,
      maximum: 500,
    },
    bands: { type: "integer", title: "Bands", minimum: 4 },
    high_hz: {
      anyOf: [{ type: "number", maximum: 8000 }, { type: "null" }],
      title: "Highest frequency (Hz)",
      default: null,
    },
    scale: { enum: ["log", "linear"], title: "Scale", default: "log" },
    centred: { type: "boolean", title: "Centred", default: true },
    noise: { $ref: "#/$defs/Noise", title: "Noise floor" },
    layers: {
      type: "array",
      title: "Layers",
      default: [],
      items: {
        discriminator: {
          propertyName: "type",
          mapping: { dense: "#/$defs/Dense", max_pool1d: "#/$defs/Pool", average_pool1d: "#/$defs/Pool" },
        },
        oneOf: [{ $ref: "#/$defs/Dense" }, { $ref: "#/$defs/Pool" }],
      },
    },
  },
};

function Form({
  initial = { bands: 40 },
  errors = [],
  seen = () => undefined,
  first,
}: {
  initial?: Record<string, unknown>;
  errors?: FieldError[];
  seen?: (value: Record<string, unknown>) => void;
  first?: number;
}) {
  const [value, setValue] = useState(initial);
  return (
    <MantineProvider env="test">
      <SchemaForm
        schema={SCHEMA}
        value={value}
        errors={errors}
        first={first}
        onChange={(next) => {
          setValue(next);
          seen(next);
        }}
      />
    </MantineProvider>
  );
}

describe("a form drawn from a schema", () => {
  it("shows defaults, units and help texts without code marks", () => {
    render(<Form />);
    expect(screen.getByRole("textbox", { name: "Frame in ms" })).toHaveValue("32");
    expect(screen.getByText("Length of a frame, hop apart.")).toBeInTheDocument();
    expect(screen.getByText("dB")).toBeInTheDocument();
  });

  it("tells of each edit as a whole new value", async () => {
    const seen = vi.fn();
    render(<Form seen={seen} />);
    const bands = screen.getByRole("textbox", { name: /Bands/ });
    await userEvent.clear(bands);
    await userEvent.type(bands, "8");
    expect(seen).toHaveBeenLastCalledWith({ bands: 8 });
    await userEvent.click(screen.getByRole("switch", { name: "Centred" }));
    expect(seen).toHaveBeenLastCalledWith({ bands: 8, centred: false });
    await userEvent.click(screen.getByRole("radio", { name: "Linear" }));
    expect(seen).toHaveBeenLastCalledWith({ bands: 8, centred: false, scale: "linear" });
  });

  it("sends an emptied optional number as null", async () => {
    const seen = vi.fn();
    render(<Form initial={{ bands: 40, high_hz: 4000 }} seen={seen} />);
    await userEvent.clear(screen.getByRole("textbox", { name: "Highest frequency in Hz" }));
    expect(seen).toHaveBeenLastCalledWith({ bands: 40, high_hz: null });
  });

  it("offers the way back to a default only where the value differs", async () => {
    const seen = vi.fn();
    render(<Form initial={{ bands: 40, frame_ms: 20 }} seen={seen} />);
    await userEvent.click(screen.getByRole("button", { name: "Reset Frame to its default, 32" }));
    expect(seen).toHaveBeenLastCalledWith({ bands: 40, frame_ms: 32 });
    expect(screen.queryByRole("button", { name: /^Reset/ })).not.toBeInTheDocument();
  });

  it("puts an error at its field, also deep in a list", () => {
    render(
      <Form
        initial={{ bands: 40, layers: [{ type: "dense", units: 0 }] }}
        errors={[
          { field: "frame_ms", message: "must be above the hop" },
          { field: "layers.0.units", message: "must be at least 1" },
        ]}
      />,
    );
    expect(screen.getByRole("textbox", { name: "Frame in ms" })).toBeInvalid();
    expect(screen.getByText("Must be above the hop.")).toBeInTheDocument();
    expect(screen.getByRole("textbox", { name: /Units/ })).toBeInvalid();
  });

  it("says an error that belongs to no field above the form", () => {
    render(<Form errors={[{ field: "", message: "these settings do not go together" }]} />);
    expect(screen.getByRole("alert")).toHaveTextContent("These settings do not go together.");
  });

  it("opens the hidden settings when one of them is at fault", () => {
    const { rerender } = render(<Form first={2} />);
    expect(screen.getByRole("button", { name: "More settings (5)" })).toHaveAttribute(
      "aria-expanded",
      "false",
    );
    rerender(<Form first={2} errors={[{ field: "noise.level_db", message: "too low" }]} />);
    expect(screen.getByRole("button", { name: "Fewer settings" })).toHaveAttribute("aria-expanded", "true");
    expect(screen.getByText("Too low.")).toBeInTheDocument();
  });

  it("builds a list of layers: add, change, move and remove", async () => {
    const seen = vi.fn();
    render(<Form seen={seen} />);
    const add = async (name: string) => {
      await userEvent.click(screen.getByRole("button", { name: "Add to layers" }));
      await userEvent.click(await screen.findByRole("menuitem", { name }));
    };
    await add("Average pool 1D");
    expect(seen).toHaveBeenLastCalledWith({ bands: 40, layers: [{ type: "average_pool1d", size: 2 }] });
    await add("Dense");
    await userEvent.click(screen.getByRole("button", { name: "Move Dense 2 up" }));
    expect(seen).toHaveBeenLastCalledWith({
      bands: 40,
      layers: [
        { type: "dense", units: 16 },
        { type: "average_pool1d", size: 2 },
      ],
    });
    await userEvent.click(screen.getByRole("button", { name: "Remove Dense 1" }));
    const items = within(screen.getByRole("list")).getAllByRole("listitem");
    expect(items).toHaveLength(1);
  });
});

describe("reading a schema", () => {
  it("follows references and unwraps what may be null", () => {
    expect(resolve(SCHEMA.properties?.noise as Schema, SCHEMA).schema.title).toBe("Noise floor");
    const high = resolve(SCHEMA.properties?.high_hz as Schema, SCHEMA);
    expect([high.nullable, high.schema.type]).toEqual([true, "number"]);
  });

  it("names a reference that leads nowhere", () => {
    expect(() => resolve({ $ref: "#/$defs/Gone" }, SCHEMA)).toThrow("#/$defs/Gone");
  });

  it("gives an object its parts' defaults", () => {
    expect(defaultOf({ $ref: "#/$defs/Noise" }, SCHEMA)).toEqual({ level_db: -50 });
  });

  it("gives a branch that stands for two values the one that was asked for", () => {
    const items = SCHEMA.properties?.layers?.items as Schema;
    const branch = branchesOf(items, SCHEMA).find((option) => option.key === "average_pool1d");
    expect(branchValue(items, branch as NonNullable<typeof branch>, SCHEMA)).toEqual({
      type: "average_pool1d",
      size: 2,
    });
  });

  it("takes only a short bracket for a unit", () => {
    expect(splitUnit("Window (ms)")).toEqual({ words: "Window", unit: "ms" });
    expect(splitUnit("Balance labels")).toEqual({ words: "Balance labels", unit: "" });
    expect(splitUnit("Size (in a row of windows)").unit).toBe("");
  });
});

describe("errors of the API", () => {
  it("are moved to the field that their message names", () => {
    expect(
      placedErrors([
        { field: "features.0", message: "params.frame_ms: too long; params.bands: at least 4" },
        {
          field: "learning.0.params",
          message: "preset: it needs a picture; these features are (21,): use another",
        },
        { field: "features", message: "the names of the blocks must differ" },
        { field: "", message: "channels: the input has no az" },
      ]),
    ).toEqual([
      { field: "features.0.params.frame_ms", message: "too long" },
      { field: "features.0.params.bands", message: "at least 4" },
      {
        field: "learning.0.params.preset",
        message: "it needs a picture; these features are (21,): use another",
      },
      { field: "features", message: "the names of the blocks must differ" },
      { field: "", message: "channels: the input has no az" },
    ]);
  });
});
