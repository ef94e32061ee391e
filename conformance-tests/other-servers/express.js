// Express with the package `cors`: `node express.js CONFIGURATION PORT`.
const express = require("express");
const cors = require("cors");

const configurations = {
  good: {
    origin: ["https://app.example.com"],
    credentials: true,
    methods: ["GET", "POST", "PUT"],
    allowedHeaders: ["content-type"],
    maxAge: 600,
  },
  // Sends every origin back.
  reflect: { origin: true, credentials: true },
  // No anchors, and dots that match anything.
  pattern: { origin: /app.example.com/, credentials: true },
};

const [configuration, port] = process.argv.slice(2);
const app = express();
app.use(cors(configurations[configuration]));
app.all("/", (request, response) => response.send("hello\n"));
app.listen(Number(port), "127.0.0.1");
