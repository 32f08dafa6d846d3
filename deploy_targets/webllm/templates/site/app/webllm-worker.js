import { WebWorkerMLCEngineHandler } from "../engines/web-llm/index.js";

const handler = new WebWorkerMLCEngineHandler();
self.onmessage = (message) => handler.onmessage(message);
