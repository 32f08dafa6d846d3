import {
  Alert,
  Badge,
  Button,
  Card,
  createTheme,
  Drawer,
  Input,
  type MantineColorsTuple,
  Modal,
  Paper,
  Table,
  Tooltip,
} from "@mantine/core";

/** The ink of the house: a petrol blue-green. Buttons, links, the training split. */
const petrol: MantineColorsTuple = [
  "#e9f5f6",
  "#d3e8eb",
  "#a6d2d8",
  "#76bbc4",
  "#4fa7b3",
  "#2f8d9b",
  "#1b7685",
  "#0d5c6b",
  "#094956",
  "#053640",
];

/** The metal of the thimble. Second voice in charts: the test split, marks, highlights. */
const brass: MantineColorsTuple = [
  "#fcf5e4",
  "#f6e8c5",
  "#edd394",
  "#e4be62",
  "#d9a93c",
  "#c2902a",
  "#a2761f",
  "#835e18",
  "#644812",
  "#46320c",
];

/** Greys with a little of the ink in them, so that dark surfaces belong to the same family. */
const dark: MantineColorsTuple = [
  "#dbe3e4",
  "#b3c0c2",
  "#8d9c9f",
  "#66777a",
  "#3d4c50",
  "#2d3a3e",
  "#212c2f",
  "#182124",
  "#12191b",
  "#0c1113",
];

const gray: MantineColorsTuple = [
  "#f7f9f9",
  "#eff3f3",
  "#e2e8e9",
  "#d2dadb",
  "#b6c1c3",
  "#93a1a4",
  "#6c7b7e",
  "#4c5a5d",
  "#344043",
  "#1e282a",
];

const systemFont =
  'system-ui, -apple-system, "Segoe UI Variable Text", "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';

export const theme = createTheme({
  colors: { petrol, brass, dark, gray },
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  black: "#172022",
  fontFamily: systemFont,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", "Liberation Mono", Menlo, monospace',
  headings: {
    fontFamily: systemFont,
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.75rem", lineHeight: "1.2" },
      h2: { fontSize: "1.25rem", lineHeight: "1.3" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  radius: { xs: "4px", sm: "6px", md: "9px", lg: "14px", xl: "22px" },
  cursorType: "pointer",
  focusRing: "auto",
  components: {
    Alert: Alert.extend({ defaultProps: { variant: "light", radius: "md" } }),
    Badge: Badge.extend({ defaultProps: { variant: "light", tt: "none", fw: 550, radius: "sm" } }),
    Button: Button.extend({ defaultProps: { fw: 550 } }),
    Card: Card.extend({ defaultProps: { radius: "lg", padding: "lg", withBorder: true } }),
    Paper: Paper.extend({ defaultProps: { radius: "lg" } }),
    Modal: Modal.extend({
      defaultProps: { radius: "lg", centered: true, closeButtonProps: { "aria-label": "Close" } },
    }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close" } } }),
    InputWrapper: Input.Wrapper.extend({
      defaultProps: { inputWrapperOrder: ["label", "description", "input", "error"] },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: "sm", horizontalSpacing: "md" } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 300 } }),
  },
});
