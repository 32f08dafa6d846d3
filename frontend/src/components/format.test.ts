import { describe, expect, it } from "vitest";
import { formatAgo, formatBytes, formatCount, formatDuration, formatFrequency } from "./format";

describe("numbers with units", () => {
  it("says durations in the unit that fits", () => {
    expect(formatDuration(812)).toBe("812 ms");
    expect(formatDuration(1500)).toBe("1.5 s");
    expect(formatDuration(30_000)).toBe("30 s");
    expect(formatDuration(312_000)).toBe("5 min 12 s");
    expect(formatDuration(7_500_000)).toBe("2 h 5 min");
  });

  it("says frequencies in hertz and kilohertz", () => {
    expect(formatFrequency(62.5)).toBe("62.5 Hz");
    expect(formatFrequency(44_100)).toBe("44.1 kHz");
  });

  it("says memory in binary units", () => {
    expect(formatBytes(900)).toBe("900 B");
    expect(formatBytes(12_700)).toBe("12 KiB");
    expect(formatBytes(3_250_000)).toBe("3.1 MiB");
  });

  it("counts one thing in the singular", () => {
    expect(formatCount(1, "recording")).toBe("1 recording");
    expect(formatCount(1200, "recording")).toBe("1,200 recordings");
  });

  it("tells how long ago something was", () => {
    const now = Date.parse("2026-01-02T12:00:00Z");
    expect(formatAgo("2026-01-02T11:55:00Z", now)).toBe("5 minutes ago");
    expect(formatAgo("2026-01-01T12:00:00Z", now)).toBe("yesterday");
    expect(formatAgo("2026-01-02T11:59:50Z", now)).toBe("just now");
  });
});
