// A Bluesky server (PDS) and a directory of identities (PLC) on loopback, until stdin closes.
// node tests/pds.cjs <folder for its data> <address of an AppView>: prints its own address in one line.
const crypto = require("node:crypto");
const { PDS, envToCfg, envToSecrets } = require("@atproto/pds");
const plc = require("@did-plc/server");

process.env.LOG_ENABLED = "false";
const port = () =>
  new Promise((found) => {
    const probe = require("node:net").createServer();
    probe.listen(0, "127.0.0.1", () => {
      const free = probe.address().port;
      probe.close(() => found(free));
    });
  });

async function main(folder, appView) {
  const plcPort = await port();
  await plc.PlcServer.create({ db: plc.Database.mock(), port: plcPort }).start();
  const env = {
    devMode: true,
    port: await port(),
    hostname: "localhost",
    dataDirectory: folder,
    blobstoreDiskLocation: `${folder}/blobs`,
    didPlcUrl: `http://localhost:${plcPort}`,
    bskyAppViewUrl: appView,
    bskyAppViewDid: "did:web:appview.example.org",
    serviceHandleDomains: [".test"],
    inviteRequired: false,
    disableSsrfProtection: true,
    adminPassword: crypto.randomBytes(16).toString("hex"),
    jwtSecret: crypto.randomBytes(16).toString("hex"),
    plcRotationKeyK256PrivateKeyHex: crypto.randomBytes(32).toString("hex"),
  };
  const server = await PDS.create(envToCfg(env), envToSecrets(env));
  await server.start();
  console.log(`http://localhost:${env.port}`);
  process.stdin.resume().on("end", () => process.exit(0));
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
