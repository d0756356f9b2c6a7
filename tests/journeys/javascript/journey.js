// A program for Amazon Personalize, as its users write them. Nothing in it names a server: address
// and keys come from the environment. Prints one line of JSON per request, and what it found.
import { readFileSync } from "node:fs";
import * as personalize from "@aws-sdk/client-personalize";
import * as events from "@aws-sdk/client-personalize-events";
import * as runtime from "@aws-sdk/client-personalize-runtime";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const [schemaFile, dataFile] = process.argv.slice(2);
const control = new personalize.PersonalizeClient({ maxAttempts: 1 });
const intake = new events.PersonalizeEventsClient({ maxAttempts: 1 });
const answers = new runtime.PersonalizeRuntimeClient({ maxAttempts: 1 });

const print = (line) => console.log(JSON.stringify(line));
const account = process.env.ACCOUNT;
const arnOf = (rest) => `arn:aws:personalize:${process.env.AWS_REGION}:${account}:${rest}`;

async function send(client, command) {
  const operation = command.constructor.name.replace(/Command$/, "");
  try {
    const { $metadata, ...answer } = await client.send(command);
    print({ operation, outcome: "answer", status: $metadata.httpStatusCode });
    return answer;
  } catch (error) {
    print({ operation, outcome: error.name, status: error.$metadata?.httpStatusCode });
    throw error;
  }
}

async function settled(Command, input, member) {
  for (let tries = 0; tries < 2400; tries += 1) {
    const found = (await control.send(new Command(input)))[member];
    if (found.status === "ACTIVE") return found;
    if (found.status === "CREATE FAILED") throw new Error(found.failureReason);
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${member} is stuck`);
}

async function refused(client, command, kind) {
  try {
    await send(client, command);
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    return { name: error.name, message: error.message, status: error.$metadata.httpStatusCode };
  }
  throw new Error(`${command.constructor.name} was not refused`);
}

async function bringIn() {
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "from-javascript" }));
  const body = readFileSync(dataFile);
  await s3.send(new PutObjectCommand({ Bucket: "from-javascript", Key: "in/plays.csv", Body: body }));
  const text = readFileSync(schemaFile, "utf-8");
  const { schemaArn } = await send(
    control, new personalize.CreateSchemaCommand({ name: "from-javascript", schema: text }));
  const { datasetGroupArn } = await send(
    control, new personalize.CreateDatasetGroupCommand({ name: "from-javascript" }));
  await settled(personalize.DescribeDatasetGroupCommand, { datasetGroupArn }, "datasetGroup");
  const { datasetArn } = await send(control, new personalize.CreateDatasetCommand(
    { name: "plays", schemaArn, datasetGroupArn, datasetType: "Interactions" }));
  const { datasetImportJobArn } = await send(control, new personalize.CreateDatasetImportJobCommand({
    jobName: "from-javascript",
    datasetArn,
    dataSource: { dataLocation: "s3://from-javascript/in/" },
    roleArn: `arn:aws:iam::${account}:role/reader`,
  }));
  await settled(personalize.DescribeDatasetImportJobCommand, { datasetImportJobArn }, "datasetImportJob");
  return { schemaArn, datasetGroupArn, text };
}

async function trainAndDeploy(datasetGroupArn) {
  const { solutionArn } = await send(control, new personalize.CreateSolutionCommand({
    name: "from-javascript",
    datasetGroupArn,
    recipeArn: "arn:aws:personalize:::recipe/aws-popularity-count",
    performAutoTraining: false,
  }));
  const { solutionVersionArn } = await send(
    control, new personalize.CreateSolutionVersionCommand({ solutionArn }));
  const version = await settled(
    personalize.DescribeSolutionVersionCommand, { solutionVersionArn }, "solutionVersion");
  const { metrics } = await send(
    control, new personalize.GetSolutionMetricsCommand({ solutionVersionArn }));
  const { campaignArn } = await send(
    control, new personalize.CreateCampaignCommand({ name: "from-javascript", solutionVersionArn }));
  await settled(personalize.DescribeCampaignCommand, { campaignArn }, "campaign");
  print({ metrics: Object.keys(metrics), dated: version.creationDateTime instanceof Date });
  return { solutionArn, campaignArn };
}

async function answer(datasetGroupArn, campaignArn) {
  const { filterArn } = await send(control, new personalize.CreateFilterCommand({
    name: "from-javascript",
    datasetGroupArn,
    filterExpression: "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($kinds)",
  }));
  await settled(personalize.DescribeFilterCommand, { filterArn }, "filter");
  const { trackingId } = await send(
    control, new personalize.CreateEventTrackerCommand({ name: "from-javascript", datasetGroupArn }));
  const asked = { campaignArn, userId: "jo", numResults: 5 };
  const filtered = { ...asked, filterArn, filterValues: { kinds: '"bought"' } };
  const ask = async (input) =>
    (await send(answers, new runtime.GetRecommendationsCommand(input))).itemList.map((one) => one.itemId);
  const before = await ask(filtered);
  await send(intake, new events.PutEventsCommand({
    trackingId,
    userId: "jo",
    sessionId: "morning",
    eventList: [{ eventType: "bought", itemId: before[0], sentAt: new Date(), properties: { price: 3 } }],
  }));
  print({ plain: await ask(asked), before, after: await ask(filtered) });
}

async function fail({ schemaArn, datasetGroupArn, text }, solutionArn) {
  const { PersonalizeRuntimeServiceException } = runtime;
  print({
    refusals: [
      await refused(control, new personalize.DescribeCampaignCommand({ campaignArn: arnOf("campaign/no") }),
        personalize.ResourceNotFoundException),
      await refused(control, new personalize.CreateSchemaCommand({ name: "from-javascript", schema: text }),
        personalize.ResourceAlreadyExistsException),
      await refused(control, new personalize.CreateDatasetGroupCommand({ name: "-" }),
        personalize.InvalidInputException),
      await refused(control, new personalize.DeleteSolutionCommand({ solutionArn }),
        personalize.ResourceInUseException),
      await refused(control, new personalize.ListFiltersCommand({ nextToken: "nonsense" }),
        personalize.InvalidNextTokenException),
      await refused(answers, new runtime.GetRecommendationsCommand({ campaignArn: arnOf("campaign/no") }),
        runtime.ResourceNotFoundException),
      await refused(answers, new runtime.GetRecommendationsCommand({ userId: "jo" }),
        PersonalizeRuntimeServiceException),
      await refused(intake, new events.PutItemsCommand(
        { datasetArn: datasetGroupArn, items: [{ itemId: "1" }] }), events.InvalidInputException),
      await refused(control, new personalize.DeleteSchemaCommand({ schemaArn }),
        personalize.ResourceInUseException),
    ],
  });
}

async function list() {
  const names = [];
  for await (const page of personalize.paginateListDatasetGroups({ client: control, pageSize: 1 }, {})) {
    names.push(...page.datasetGroups.map((one) => one.name));
  }
  const { Filters } = await send(control, new personalize.ListFiltersCommand({}));
  print({ groups: names, filters: Filters.map((one) => one.name) });
}

const made = await bringIn();
const { solutionArn, campaignArn } = await trainAndDeploy(made.datasetGroupArn);
await answer(made.datasetGroupArn, campaignArn);
await fail(made, solutionArn);
await list();
