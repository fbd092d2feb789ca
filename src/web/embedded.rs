//! Browsers inside apps, told by what they say of themselves. Google shows them no sign-in page (`behaviour.md` §6), so whoever is
//! taken for one is sent to a browser of their own. Who lies here gains nothing: it is a matter of comfort.

/// What only browsers inside apps say in `User-Agent`, and whose it is. The tabs that an app borrows from the system's browser
/// (SFSafariViewController, Custom Tabs) say what that browser says, and are none.
const MARKS: &[(&str, &str)] = &[
    ("; wv)", "Android System WebView since 5.0"),
    ("FBAN/", "Facebook and Messenger, iOS"),
    ("FBAV/", "Facebook and Messenger"),
    ("FB_IAB/", "Facebook, Android"),
    ("Instagram ", "Instagram"),
    (" Line/", "LINE"),
    ("MicroMessenger/", "WeChat"),
    ("LinkedInApp", "LinkedIn"),
    ("Twitter for ", "X"),
    ("Snapchat/", "Snapchat"),
    ("Pinterest/", "Pinterest"),
    ("BytedanceWebview/", "TikTok"),
    ("musical_ly", "TikTok, iOS"),
    ("Electron/", "Electron: Teams, Slack and other desktop apps"),
    ("QtWebEngine/", "Qt"),
    ("JavaFX/", "Java"),
    ("CefSharp", "Chromium Embedded Framework, where it says so"),
];

/// Brands of `Sec-CH-UA`: WebView2 has Edge's `User-Agent` to the letter.
const BRANDS: [&str; 2] = ["\"Microsoft Edge WebView2\"", "\"Android WebView\""];

pub(super) fn is_embedded(user_agent: &str, brands: &str) -> bool {
    MARKS.iter().any(|(mark, _)| user_agent.contains(mark))
        || BRANDS.iter().any(|brand| brands.contains(brand))
        || is_web_kit_view(user_agent)
        || is_old_android_view(user_agent)
        || is_web_browser_control(user_agent)
}

/// `WKWebView` and `UIWebView`: Apple's engine without the name of Apple's browser, or of another (`CriOS`, `FxiOS`, `EdgiOS`; all of
/// them say `Safari/`, too).
fn is_web_kit_view(user_agent: &str) -> bool {
    let is_apple = ["(iPhone", "(iPad", "(iPod", "(Macintosh"].iter().any(|device| user_agent.contains(device));
    is_apple && user_agent.contains("AppleWebKit/") && !user_agent.contains("Safari/")
}

/// The view of Android 4.4, whose Chrome still calls itself `Version/4.0`.
fn is_old_android_view(user_agent: &str) -> bool {
    user_agent.contains("Android") && user_agent.contains("Version/4.0 Chrome/")
}

/// Internet Explorer's control says `MSIE 7.0` of itself, and by its engine is newer.
fn is_web_browser_control(user_agent: &str) -> bool {
    user_agent.contains("MSIE 7.0;") && user_agent.contains("Trident/")
}

#[cfg(test)]
mod tests {
    use super::is_embedded;

    const EDGE: &str =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0";

    #[test]
    fn browsers_inside_apps_are_known() {
        for user_agent in [
            "Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A.230805.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 4.4; Nexus 5 Build/_BuildID_) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/30.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
            "Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/16D39",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/20F66 [FBAN/FBIOS;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/16.5;FBSS/3;FBID/phone;FBLC/en_US;FBOP/5]",
            "Mozilla/5.0 (Linux; Android 12; SM-G991B Build/SP1A.210812.016; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/113.0.5672.76 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/413.0.0.30.104;]",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 245.0.0.12.119 (iPhone12,1; iOS 15_6; en_US; en-US; scale=2.00; 828x1792; 385416366)",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/12.16.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Teams/1.6.00.4472 Chrome/102.0.5005.167 Electron/19.1.8 Safari/537.36",
            "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; .NET4.0E)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) QtWebEngine/5.15.2 Chrome/83.0.4103.122 Safari/537.36",
        ] {
            assert!(is_embedded(user_agent, ""), "{user_agent}");
        }
        assert!(is_embedded(
            EDGE,
            r#""Microsoft Edge";v="120", "Chromium";v="120", "Microsoft Edge WebView2";v="120", "Not?A_Brand";v="8""#
        ));
        assert!(is_embedded(EDGE, r#""Android WebView";v="120", "Chromium";v="120", "Not?A_Brand";v="8""#));
    }

    #[test]
    fn browsers_and_the_tabs_that_apps_borrow_from_them_are_not() {
        for user_agent in [
            "",
            EDGE,
            // Custom Tabs say what Chrome says.
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Mobile Safari/537.36",
            // SFSafariViewController and ASWebAuthenticationSession say what Safari says.
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/116.0.5845.103 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 13_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/117.0 Mobile/15E148 Safari/605.1.15",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Safari/605.1.15",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:109.0) Gecko/20100101 Firefox/117.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/117.0",
            "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
            "Mozilla/5.0 (Linux; U; Android 4.0.3; ko-kr; LG-L160L Build/IML74K) AppleWebkit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30",
            "Mozilla/5.0 (Linux; Android 13; SM-S908B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/22.0 Chrome/111.0.5563.116 Mobile Safari/537.36",
        ] {
            assert!(!is_embedded(user_agent, r#""Chromium";v="116", "Google Chrome";v="116""#), "{user_agent}");
        }
    }
}
