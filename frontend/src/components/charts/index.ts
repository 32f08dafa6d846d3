export { Bars } from "./Bars";
export { ChartFigure } from "./ChartFigure";
export { ConfusionMatrix } from "./ConfusionMatrix";
export * from "./format";
export { HeatMap } from "./HeatMap";
export { LearningCurves } from "./LearningCurves";
export { LineChart } from "./LineChart";
export { StatTile, StatTiles } from "./StatTile";
export { UsageBar } from "./UsageBar";
