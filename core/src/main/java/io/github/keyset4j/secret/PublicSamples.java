package io.github.keyset4j.secret;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * Secrets and keys out of public documentation, which people copy and scanners try first: by their digests, so that no
 * sample stands here either. A secret is listed as its text and as what the tutorials decode it to.
 */
public final class PublicSamples {

    public static final String KNOWN = "a sample out of public documentation, which everybody has";

    /** SHA-256 of the octets. */
    private static final Set<String> SECRETS = Set.of(
            // jwt.io
            "f7d838701b86c5dfb57bf95fbc5ce6df204cfc9f15ad6cdb39fd22f8776e47b6",
            "dfd7dc439654f313f3bb7734b467e71d701b6982cd4cb31cf7d555e723c223e9",
            "5eef83fe7cb71e2da053f846a07ecf933f49b66ef755ef8627be5e2fe94d7e84",
            "465d9ad5d5528ebe287b5dce4fb51620833d09b290e49ddcc70ca6c4a0aea01b",
            "bd20c3801f63ae708d092009b1baaf9c0b4910e4bb1445591af842f1fb0390d7",
            "730d21a80e61a8de82d12cb4c0b8057cff5a30e2dec50ce7a773513374f9164a",
            "db6833593279d7373592ef70e51f3daf048c04475739f8ed024b0821fd9e7fde",
            "06cf65309239feb337a8a81ecc566a61086374c2cf1f9621acb381e16e388740",
            // Spring tutorials
            "3354cfcf65c7b2e6840ea6f880aede239750cb1d063950c4e8fd9fbf9ec73a32",
            "b3f6f5d4f9cee4e99fe5db63234b775a205edc23efbbff87acc308626b5fd24a",
            "136cb1c5a79bc9d943efda382fde1bfa26e0e140ff444657cf7fb056e2977b1c",
            "bf0b62edab9c25ed15d8ad7487c3e0a987c279f477c98cc00863147ecb4d9d71",
            "d6cd79bb66e6a2af82af77572428c34db0660a30ce2c376e1681377000a806d0",
            "da1eb416ce10e01039167f89fd8a63142dd7f3e3cffc3ea180eb84d0fa3f407e",
            "2a1d61d5e1997a7a64a97eb3d44c733a6473e0ff74d7850ecda2c429a1e885be",
            "f9a09e1f7ab889df8fed6e4cd1632037088ed64b3b54cc1db843577222a604e2",
            "349b6b06626d9c649506ab2085f88757bbed68f7b924e79f8b7339e4a7e4e5c1",
            "5df73e1aa59d8f332c2f5fd6ea1c37d0f2266b623ea3c4efe6cb3d577fd6a5e1",
            "175b4f1da19dc4965891dfc41867b7b36f99309e98012f66c7f1028e680a3f73",
            "1ed956b932e3dd2780cc0e5f63900d6c07d6594685fa6ac8cc7683e3a5d61235",
            "9877be62cd59c97bdbab245b4f39262253a1c3c7b8a2176805b7e2545a70f2a5",
            "36b58c483a4f3065b24d95859e4bdc9ef1692ee0ae60cadc35081571f81de343",
            "73592d9745e5ecb3631788b7cc1d63cf81ac97106eeecbf47ce28586f11cec9e",
            "594c081d23de22b178ba34a9c8551fe23d3a7034d92717a5cb4a054337a4c714",
            "67fed4b9a84843e168a941043f97786002f93f05d44334ef8cd9250a788fa1d1",
            "46fed1daaba94dee9934acbff517c676372f89e7501d7065130dc381b5b7ba0a",
            "619dda9bb451669e4f36a4d8fe2288a14a1de24f01ca4f2b03c327a785d95606",
            "c04556d9f31ebdcff14a2ebafc3a4145be30405044466fcde2c8d2c45a03390a",
            "127fb8b4209c17220ba6556959d17c5499368ccc66943ee028eb3321832a0361",
            // FastAPI
            "570dad43de1af4c925f92c16a68a50936da42b7dd6fdeb24850507a1199aac89",
            "94d2f2cff66c99ed705b092d60689b8c70217f5ad68cd2138a81f2453484ff13",
            "4d0f8dec4515d07a611c502f22adb95c854d943d6122fb8f96c9503b42356bac",
            // Supabase
            "a064b502e61d27e94b8717290e5e1b32e36720e9fbdf952ec81a84c07128cb37",
            "1453cea2dc3799e9026e42b3e465e455256d5a149582e4c5b92d4c8d604731a2",
            // Hasura
            "ef1ca7491dee871be5f0e33a6d3f3e631bc8a69136fa49fddf3f3ca5bf3bd714",
            "08d405cb486c76fcfb3044fa546c02c780f6b75bc510999716637681516efc71",
            // PostgREST
            "fd4dec75abc2df7e4f8776e246ce733d29690230695c4ce8ea7a207eb3a939ab",
            "f0f83607a6110664c725ed885a76b83e9bbf6fc9cc6d4dc93845f08cbbc86394",
            // RFC 7515 A.1
            "c8ecc9361a05e285f04c26f9572131a6deab07e9e2b865053c6f75a4d8bd2b32",
            "8b1b17a9740c068accab5c3d0d652c8e3cc13206e70bb73b42ea41d4c2de3c12",
            // RFC 7517 A.3
            "7df6f598d8f385bd68522c724bc9ed483b731af4f65fea03b70da07b16925093",
            "57afc11665beb68de7ccd6df1b38453be8682ac63bb8ccdf67cce63c2db9afd2",
            // RFC 7520 3.5
            "73ec74458059c70cae3f0ade8663fe0da1dc4b114ed8cdac75364140b4458a4c",
            "0330b11998cbc9abd5a585e755cb5df2f73f1a5632fdcc2abb19e05e3eceddb9",
            // RFC 7520 3.6
            "2cd6f10056d08e10430ad5658b5565056c93fcde047563f7e53a56452467c050",
            "8f0d5d5f8ad386f971ee420446d9908516ab243d8c81b24c1b519c00f66d237f");

    /** RFC 7638 thumbprints of keys whose private halves are published. */
    private static final Set<String> KEYS = Set.of(
            // RFC 7515 A.2
            "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8",
            // RFC 7515 A.3
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
            // RFC 7515 A.4
            "u5YUSjQ2-2chBi51NSk3t3g7IM4o2KYcnPqPtCNGd3U",
            // RFC 7517 A
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s",
            // RFC 8037 A.1
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            // RFC 7520 3.2
            "dHri3SADZkrush5HU_50AoRhcKFryN-PI6jPBtPL55M",
            // RFC 7520 3.4
            "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI",
            // jwt.io RS256
            "oGDmHqCJ7yzMkWEkrlZVHkvrHIyQwtlDmeq5ForUHeY",
            // jwt.io ES256
            "19J8y7Zprt2-QKLjF2I5pVk0OELX6cY2AfaAv1LC_w8",
            // jwt.io ES384
            "iTqXXI0zbAnJCKDaobfhkM1f-6rMSpTfyZMRp_2tKI8",
            // jwt.io ES512
            "xZDfZpry4P9vZPZyG2fNBRj-7Lz5omVdm7tHoCgSNfY");

    private PublicSamples() {}

    public static boolean isSecret(byte[] secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret);
            return SECRETS.contains(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    public static boolean isKey(String thumbprint) {
        return KEYS.contains(thumbprint);
    }
}
