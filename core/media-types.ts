/** Media types that cross the gap, each with the specification that names it. */

/** OCI image-spec 1.1, media-types.md. */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_LAYER_TAR = 'application/vnd.oci.image.layer.v1.tar';
export const OCI_LAYER_TAR_GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const OCI_EMPTY = 'application/vnd.oci.empty.v1+json';

/** Docker image manifest v2 schema 2 (distribution/distribution, docs/content/spec/manifest-v2-2.md). */
export const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** CNCF ModelPack model-spec v0.0.7. */
export const MODEL_MANIFEST = 'application/vnd.cncf.model.manifest.v1+json';
export const MODEL_CONFIG = 'application/vnd.cncf.model.config.v1+json';
export const MODEL_WEIGHT_RAW = 'application/vnd.cncf.model.weight.v1.raw';
export const MODEL_WEIGHT_CONFIG_RAW = 'application/vnd.cncf.model.weight.config.v1.raw';
export const MODEL_DOC_RAW = 'application/vnd.cncf.model.doc.v1.raw';

/** Helm charts in registries: helm.sh, "Use OCI-based registries"; helm/helm pkg/registry/constants.go. */
export const HELM_CONFIG = 'application/vnd.cncf.helm.config.v1+json';
export const HELM_CHART = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

/** Airlock's own artifact types. */
export const AIRLOCK_BUNDLE = 'application/vnd.airlock.bundle.v1+json';
export const AIRLOCK_PROVIDER = 'application/vnd.airlock.terraform-provider.v1+json';
export const AIRLOCK_FILE = 'application/vnd.airlock.file.v1+json';
export const AIRLOCK_OLLAMA = 'application/vnd.airlock.ollama-store.v1+json';
/** Indexes of which not every child is carried, as layers: as indexes they would promise children that are not there. */
export const AIRLOCK_SPARSE_INDEX = 'application/vnd.airlock.sparse-index.v1+json';
export const AIRLOCK_KIT = 'application/vnd.airlock.kit.v1+json';
export const AIRLOCK_RECORD = 'application/vnd.airlock.record.v1+json';

export const INDEX_TYPES: readonly string[] = [OCI_INDEX, DOCKER_INDEX];
export const MANIFEST_TYPES: readonly string[] = [OCI_MANIFEST, DOCKER_MANIFEST];

/** OCI image-spec 1.1, annotations.md and image-layout.md. */
export const ANNOTATION_TITLE = 'org.opencontainers.image.title';
export const ANNOTATION_REF_NAME = 'org.opencontainers.image.ref.name';
/** CNCF ModelPack model-spec, annotations. */
export const ANNOTATION_MODEL_PATH = 'org.cncf.model.filepath';
/** What a descriptor of the bundle index is: image, model, provider, file, kit, record… */
export const ANNOTATION_KIND = 'vnd.airlock.kind';
/** The name under which the site knows it. */
export const ANNOTATION_NAME = 'vnd.airlock.name';
/** The repository under which the mirror serves it. */
export const ANNOTATION_REPOSITORY = 'vnd.airlock.repository';
