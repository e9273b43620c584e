/** The dashboard's words, as accessible names: guides are written with them. */
export interface Words {
  locale: string;
  userName: string;
  password: string;
  signIn: string;
  groups: string;
  sslCertificates: string;
  openDialog: string;
  dialog: string;
  type: string;
  server: string;
  method: string;
  upload: string;
  certificate: string;
  privateKey: string;
  peerVerification: string;
  caCertificate: string;
  add: string;
  columns: string[];
  inEffect: string;
}

export const ENGLISH: Words = {
  locale: "en-US",
  userName: "User name",
  password: "Password",
  signIn: "Sign in",
  groups: "Gateway groups",
  sslCertificates: "SSL Certificates",
  openDialog: "+ Add SSL Certificate",
  dialog: "Add SSL Certificate",
  type: "Type",
  server: "Server",
  method: "Method",
  upload: "Upload",
  certificate: "Certificate",
  privateKey: "Private Key",
  peerVerification: "Peer Verification",
  caCertificate: "CA Certificate (Optional)",
  add: "Add",
  columns: ["ID", "SNIS", "Type", "Peer Verification", "Issuer", "Expires", "Status"],
  inEffect: "in effect",
};

export const CHINESE: Words = {
  locale: "zh-CN",
  userName: "用户名",
  password: "密码",
  signIn: "登录",
  groups: "网关组",
  sslCertificates: "SSL 证书",
  openDialog: "+ 新增 SSL 证书",
  dialog: "新增 SSL 证书",
  type: "类型",
  server: "服务器",
  method: "方法",
  upload: "上传",
  certificate: "证书",
  privateKey: "私钥",
  peerVerification: "对等验证",
  caCertificate: "CA 证书（可选）",
  add: "新增",
  columns: ["ID", "SNIS", "类型", "对等验证", "颁发者", "到期", "状态"],
  inEffect: "已生效",
};
