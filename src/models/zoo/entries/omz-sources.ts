import type { UrlSource } from '../port.js';

/** Folders that the paths below start from: GitHub repositories that carry networks of the Open Model Zoo, each at one commit. */
const CMRPACK = 'https://raw.githubusercontent.com/lsdace30095/cmrpack23/cb2d3538ec962ce1696739682d766383f51326cd/';
const VEHICLE_GUI = 'https://raw.githubusercontent.com/sentairanger/Vehicle-GUI-Classification/36a34a665ab6d0be8e9828171dc5c62dc44bd581/';
const OPENVINO_DEMO = 'https://raw.githubusercontent.com/yockgen/openvino-demo/7c5f4cc286d2bf85d6eb897f38c52bb084372eec/';
const LINE_CROSSING =
  'https://raw.githubusercontent.com/yas-sim/object-tracking-line-crossing-area-intrusion/7d474dd0fb35ee03d1d5dde246522d01186d9358/';
const WEBCAM_GAZE = 'https://raw.githubusercontent.com/FalchLucas/WebCamGazeEstimation/97abc280f7c194c615a57e51882914b5b9587385/';
const COMPUTE_STICK = 'https://raw.githubusercontent.com/VictorHidalgoUCLM/NeuralComputeStick2/d399810cc1c1146f390d764edce11fe46fda9a6a/';
const REALTIME_VEHICLES =
  'https://raw.githubusercontent.com/nikogamulin/openvino-realtime-vehicle-detection/086ad42d0d20386a29b3e4f8199e31b74b596bf6/';

type OmzSource = UrlSource & Required<Pick<UrlSource, 'files'>>;

/** A network in OpenVINO IR: `stem`.xml, then `stem`.bin with its weights; of each, SHA-256 and bytes. */
const ir = (url: string, stem: string, xml: readonly [string, number], bin: readonly [string, number]): OmzSource => ({
  kind: 'url',
  url,
  files: [
    { path: `${stem}.xml`, sha256: xml[0], bytes: xml[1] },
    { path: `${stem}.bin`, sha256: bin[0], bytes: bin[1] },
  ],
});

/** The eye network of the Open Model Zoo as its authors published it: ONNX already, so nothing is to be converted. */
export const OPEN_CLOSED_EYE_ONNX = Object.freeze({
  source: { kind: 'url', url: `${WEBCAM_GAZE}intel/open-closed-eye-0001/open-closed-eye.onnx` },
  sha256: '4daa100034482525a26c9afb9297c16580a531189e66e3d2b2ac7d32becfd593',
  bytes: 46164,
} satisfies { source: UrlSource; sha256: string; bytes: number });

/**
 * Networks of Intel's Open Model Zoo (Apache-2.0) with FP16 weights, by their names there. Checksums were taken from the blobs of the commit
 * in the address.
 */
export const OMZ_SOURCES = Object.freeze({
  'person-vehicle-bike-detection-2000': ir(
    CMRPACK,
    'intel/person-vehicle-bike-detection-2000/FP16/person-vehicle-bike-detection-2000',
    ['6ad90c755fa3506e5d58a9f3f85c41994064bcf220b66c20d2996165ea6c6509', 254780],
    ['f20d648ac608e84b249d8ff36a897478f7142b5bdaa7b4b768cda0d5e4add3ec', 3642626],
  ),
  'person-vehicle-bike-detection-2001': ir(
    CMRPACK,
    'intel/person-vehicle-bike-detection-2001/FP16/person-vehicle-bike-detection-2001',
    ['cadf98ec9003676fcc7021d790571a88fe4e7dd317a9af85cda6478db8aca0e3', 254972],
    ['e2036fdb89f72b562bb02644310a227ad85e182a0d29a6f15a42b377fd3c2d99', 3642626],
  ),
  'person-vehicle-bike-detection-2002': ir(
    CMRPACK,
    'intel/person-vehicle-bike-detection-2002/FP16/person-vehicle-bike-detection-2002',
    ['ddc0b2af817f0163ed944512b4261dad0b8a77fa6ca7866aa030b134f95fae41', 255048],
    ['2899097a995554b7f5b95a3722623f1aecc14adf275beb043e5b27d722ab1b72', 3642626],
  ),
  'person-vehicle-bike-detection-crossroad-0078': ir(
    CMRPACK,
    'intel/person-vehicle-bike-detection-crossroad-0078/FP16/person-vehicle-bike-detection-crossroad-0078',
    ['7c06317e65402bd2b5bd4059ec00ca8c45a939acf95799e80d18b3fa1fc7c903', 526289],
    ['67f06fab5cc2b627cd9962c7655993c6c22a4f8f40b86627533e753b30cf0d0b', 2357042],
  ),
  'vehicle-detection-0200': ir(
    VEHICLE_GUI,
    'models/vehicle-detection-0200',
    ['72be7b9b1fb183faf719fa797c140a6ae61666194723d92d501885b873988825', 299819],
    ['9493c52d5ee756b6356acaf9c6a3c099d8627058a6e1f7427857390c9738337b', 3634654],
  ),
  'vehicle-detection-adas-0002': ir(
    OPENVINO_DEMO,
    'models/vehicle-detection-adas-0002',
    ['3650d559f0ed978481dd9e3507646c03b2b234b90b3a4f6f7ddfaf05cd83f795', 278090],
    ['f09797fdfcc08165be995f27d21d379518b4c806757b923e3685a6a523b4d9d7', 2157328],
  ),
  'pedestrian-detection-adas-0002': ir(
    LINE_CROSSING,
    'intel/pedestrian-detection-adas-0002/FP16/pedestrian-detection-adas-0002',
    ['569e43b60fff50f9e7e635e5b523ac49b69a3858bfdaf3767e4650db165ac87d', 308923],
    ['a22aa7bda2d71c97689e0535b137f10e05dc57769a2d4bd8726099f45ccafe91', 2330176],
  ),
  'face-detection-adas-0001': ir(
    WEBCAM_GAZE,
    'intel/face-detection-adas-0001/FP16/face-detection-adas-0001',
    ['af704bd503f27505f75a461cb3e348ef91adb8813038743a4c88ebbe54f64a9a', 360482],
    ['b52af89c0ba9880eee5b5749c523abb25c4525b67f548f7a79bd64fce2560862', 2106088],
  ),
  'face-detection-retail-0004': ir(
    COMPUTE_STICK,
    'intel/face-detection-retail-0004/FP16/face-detection-retail-0004',
    ['e6d81f157c2d290e79c820f0f47dd3aebead0f76af1c1633a2326a58732e50cb', 106171],
    ['ab7def342edab22e69ba1ef4e971983ea4e0f337c43b0a49c7ef3a7627f6cf1a', 1176544],
  ),
  'face-detection-retail-0044': ir(
    COMPUTE_STICK,
    'public/face-detection-retail-0044/FP16/face-detection-retail-0044',
    ['4ee7809c7e31a208f936af7c3315c966b24ac9155c442769c65ba86f9b4e0f28', 107218],
    ['dc19c4d8162eb238b3663fa89c6cda9808e015b2ff49bdda6cc0f872d0e54be9', 1176544],
  ),
  'vehicle-license-plate-detection-barrier-0106': ir(
    REALTIME_VEHICLES,
    'models/vehicle-license-plate-detection-barrier-0106',
    ['c6be7353189b4ffeca463778e1160a839519ffcc6cc9cf862b0062d89bd010dd', 92775],
    ['ea529b73b2104ff63757f767d148d059230d601c4e27ae9d8d395dc983621e14', 1286622],
  ),
  'vehicle-attributes-recognition-barrier-0039': ir(
    COMPUTE_STICK,
    'intel/vehicle-attributes-recognition-barrier-0039/FP16/vehicle-attributes-recognition-barrier-0039',
    ['5d830e98b0415f5c30fb922c0accb0b970408cc8dca35289353eca500aedba3a', 39727],
    ['251687d7a28abb7d7808e79bdaa675927616d24aec2eea88c50f923f3199f18f', 1252026],
  ),
  'person-attributes-recognition-crossroad-0230': ir(
    COMPUTE_STICK,
    'intel/person-attributes-recognition-crossroad-0230/FP16/person-attributes-recognition-crossroad-0230',
    ['9fc783a1234b6700d6f469b86e2d0c8a3f3059e53a07d4bcf34fe92a00296127', 189984],
    ['0834f45ee09fef11fd3774005cff05bf9f14678eb7403a01cdfc0b8925f1ff3b', 1469632],
  ),
  'license-plate-recognition-barrier-0001': ir(
    COMPUTE_STICK,
    'intel/license-plate-recognition-barrier-0001/FP16/license-plate-recognition-barrier-0001',
    ['21c51ec6e420997b2596ab5ad6aca4390748303e82d4e0e254bef7b942a3567c', 51662],
    ['56da1c2f4615c8c09dd22a8074ef928d3eaf09367d6774807a90134932eb6dba', 2436038],
  ),
  'license-plate-recognition-barrier-0007': ir(
    COMPUTE_STICK,
    'public/license-plate-recognition-barrier-0007/FP16/license-plate-recognition-barrier-0007',
    ['08c297c6121d7d492ef3cf57b3e224ca70da03e5744196bace39dabade8296ee', 67060],
    ['cb5046c2d4112e08bf7889858dc9254af91fed63190be13c2ed7de4c1571594f', 2869526],
  ),
  'person-reidentification-retail-0277': ir(
    LINE_CROSSING,
    'intel/person-reidentification-retail-0277/FP16/person-reidentification-retail-0277',
    ['82039b1bb986231c50345550e59def94e63579998e9cddbd1a312f293eb87729', 616140],
    ['6bb69e09d07733cc3896b29081d2627f92db7b9aacd50f1a8c3df491cb10f1b7', 4178806],
  ),
  'person-reidentification-retail-0286': ir(
    LINE_CROSSING,
    'intel/person-reidentification-retail-0286/FP16/person-reidentification-retail-0286',
    ['cc547e622d8aeabf97938213f68171bf59ac7d01c910ceadfea984aa96e5d1b5', 611793],
    ['d06beb9e2b2661d42b233f64ef623f3518fc46dc11f6b7dd53cda8962d9d1bd9', 2453724],
  ),
  'person-reidentification-retail-0287': ir(
    LINE_CROSSING,
    'intel/person-reidentification-retail-0287/FP16/person-reidentification-retail-0287',
    ['95125bc630208d9a27370b11bd04d220f93f64b60fe4be5bc576e9aebb69603d', 614946],
    ['8811b3db2f6ebacbf2c05510593783316026ff779d9b048b6ca2581f17baf86c', 1181124],
  ),
  'person-reidentification-retail-0288': ir(
    LINE_CROSSING,
    'intel/person-reidentification-retail-0288/FP16/person-reidentification-retail-0288',
    ['0d5021c772e603dce69d9ef2e326ecf0a43234cc8b4c5bb5e8aa566f090bdb51', 614533],
    ['08e24c2f1dd976ff8e1f667b93db2950ac8db8da09e163e1ca6463b82d1dbc42', 364098],
  ),
  'landmarks-regression-retail-0009': ir(
    WEBCAM_GAZE,
    'intel/landmarks-regression-retail-0009/FP16/landmarks-regression-retail-0009',
    ['8480e50732ae4a174d6540c36e0c37287d283fc8e32306987fea820891024c52', 73873],
    ['5d74c26cbb836b3de358ab05d4cbd92c4eb713dc74484cff9de82b2deb3d8527', 381232],
  ),
  'head-pose-estimation-adas-0001': ir(
    WEBCAM_GAZE,
    'intel/head-pose-estimation-adas-0001/FP16/head-pose-estimation-adas-0001',
    ['0fd0a09413d98a32c604669d955efc154ec55f6634b79f9a12ee1005e4d45a7d', 88191],
    ['a4e66d59e8053681b0c20ef9ee519583d6925e4f6c5002005f36403e414b133e', 3823810],
  ),
  'gaze-estimation-adas-0002': ir(
    WEBCAM_GAZE,
    'intel/gaze-estimation-adas-0002/FP16/gaze-estimation-adas-0002',
    ['7323bc1a755439c525c15230fcd40e99bb17a154f17835db30aa4a95feb22cb4', 111481],
    ['0aed599f452258243b07154fadc09b56ef90418b94210bd33f47bbba90cbb98c', 3764742],
  ),
  'open-closed-eye-0001': ir(
    WEBCAM_GAZE,
    'intel/open-closed-eye-0001/FP16/open-closed-eye-0001',
    ['960bd031eeb4c01be1454705b7c8ba14f831851ffcc6a63e3ce2524847c0da82', 23084],
    ['4f9eefb146a265e2ec02191eccb7e3e71b7f04c18293181ec35afaeae423ec60', 22514],
  ),
  'single-image-super-resolution-1032': ir(
    COMPUTE_STICK,
    'intel/single-image-super-resolution-1032/FP16/single-image-super-resolution-1032',
    ['fd0b648583d32fcda7892a225c5bcfc6e79628e5cacd711fec18ddf5a2ca6fef', 81953],
    ['a52a4549011480d90246bbe6118718ee485c130480bbf5f7befdb3d5a2a1f057', 59762],
  ),
} satisfies Record<string, OmzSource>);
