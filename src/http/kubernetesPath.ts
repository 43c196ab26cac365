/** A service or pod in Kubernetes' API: what it serves is behind `/proxy`, which people leave out. */

/** The end of a path that names one. */
const serviceOrPod = /\/api\/v1\/namespaces\/[^/]+\/(?:services|pods)\/[^/]+$/;

/** The end, and what is there in its place, for `replace`. */
export const kubernetesProxyPath: readonly [RegExp, string] = [serviceOrPod, '$&/proxy'];
