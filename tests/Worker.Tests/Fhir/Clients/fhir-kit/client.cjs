// What a SMART app does with this client: prints one JSON object of what it saw, or fails.
const fs = require('node:fs');
const Client = require('fhir-kit-client');

async function main() {
  const [, , baseUrl, ecgPath] = process.argv;
  const client = new Client({ baseUrl });
  const seen = {};

  const metadata = await client.capabilityStatement();
  seen.fhirVersion = metadata.fhirVersion;

  const patient = await client.create({
    resourceType: 'Patient',
    body: {
      resourceType: 'Patient',
      identifier: [{ system: 'urn:example:mrn', value: 'kit-1' }],
      name: [{ text: '見本 太郎', family: '見本', given: ['太郎'] }],
      birthDate: '1950-04-01',
    },
  });
  const ecg = JSON.parse(fs.readFileSync(ecgPath, 'utf8'));
  delete ecg.id;
  ecg.subject = { reference: `Patient/${patient.id}` };
  const stored = await client.create({ resourceType: 'Observation', body: ecg });
  seen.samples = stored.component[0].valueSampledData.data === ecg.component[0].valueSampledData.data;

  let reports = { entry: [] };
  for (let waited = 0; !reports.entry?.length && waited < 60000; waited += 200) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    reports = await client.search({ resourceType: 'DiagnosticReport', searchParams: { patient: patient.id, _include: 'DiagnosticReport:result' } });
  }
  seen.reports = reports.entry.filter((entry) => entry.search.mode === 'match').length;
  const report = reports.entry[0].resource;
  seen.status = report.status;

  const byName = await client.resourceSearch({ resourceType: 'Patient', searchParams: { name: '見本太郎' }, options: { postSearch: true } });
  seen.byName = byName.entry.map((entry) => entry.resource.id).includes(patient.id);

  const updated = await client.update({ resourceType: 'Patient', id: patient.id, body: { ...patient, gender: 'male' } });
  seen.updated = updated.meta.versionId;
  seen.old = (await client.vread({ resourceType: 'Patient', id: patient.id, version: '1' })).gender ?? null;
  seen.history = (await client.resourceHistory({ resourceType: 'Patient', id: patient.id })).entry.length;

  let page = await client.search({ resourceType: 'Observation', searchParams: { patient: patient.id, _count: 1, _elements: 'status' } });
  seen.paged = 0;
  while (page) {
    seen.paged += page.entry?.length ?? 0;
    page = await client.nextPage({ bundle: page });
  }

  try {
    await client.update({ resourceType: 'DiagnosticReport', id: report.id, body: { ...report, status: 'final' } });
  } catch (error) {
    seen.refused = [error.response.status, error.response.data.resourceType];
  }

  const batch = await client.batch({
    body: {
      resourceType: 'Bundle', type: 'batch',
      entry: [{ request: { method: 'GET', url: `Patient/${patient.id}` } }, { request: { method: 'GET', url: 'Patient/unknown' } }],
    },
  });
  seen.batch = batch.entry.map((entry) => entry.response.status.slice(0, 3));
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error.response?.data ? JSON.stringify(error.response.data) : error);
  process.exit(1);
});
